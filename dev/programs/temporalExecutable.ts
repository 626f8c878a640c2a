// Finds a Temporal server for development, or finds or installs the `temporal` executable to start one, the cheapest way first.
import { basename, dirname } from 'node:path'
import { cachedTemporal, downloadTemporal, presentTemporal, TEMPORAL_VERSION } from '../../cli/up/temporalCommand.ts'
import { withLock } from '../processes/folderLock.ts'
import { buildWithGo } from './executables.ts'

export type FoundTemporal =
  | { readonly kind: 'server'; readonly address: string; readonly namespace: string }
  | { readonly kind: 'executable'; readonly path: string }

/** Thrown when there is no Temporal and its installation failed. */
class TemporalMissingError extends Error {
  override readonly name = 'TemporalMissingError' as const

  constructor(reasons: readonly string[]) {
    super(
      `No Temporal for development: ${reasons.join('; ')}. Install the Temporal CLI (https://docs.temporal.io/cli) so that \`temporal\` is on PATH, or install Go, or set TEMPORAL_ADDRESS to a running server, then run the command again.`,
    )
  }
}

/**
 * An address in TEMPORAL_ADDRESS, else `temporal` on PATH, else the one in the cache, else one that is downloaded or built
 * into the cache. Safe to call from several processes at once. Throws TemporalMissingError when all of this fails.
 */
export async function findTemporal(environment: NodeJS.ProcessEnv = process.env): Promise<FoundTemporal> {
  const address = environment['TEMPORAL_ADDRESS']
  if (address) return { kind: 'server', address, namespace: environment['TEMPORAL_NAMESPACE'] || 'default' }
  const path = (await presentTemporal(environment)) ?? (await installTemporal(environment))
  return { kind: 'executable', path }
}

/** A second process waits for the first, then finds the executable. */
async function installTemporal(environment: NodeJS.ProcessEnv): Promise<string> {
  return withLock(`${dirname(cachedTemporal(environment))}.lock`, async () => {
    const present = await presentTemporal(environment)
    if (present !== undefined) return present
    const reasons: string[] = []
    for (const install of [downloadTemporal, buildTemporal]) {
      const failure = await install(environment)
      if (failure === undefined) return cachedTemporal(environment)
      reasons.push(failure)
    }
    throw new TemporalMissingError(reasons)
  })
}

function buildTemporal(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const target = cachedTemporal(environment)
  return buildWithGo({
    ...{ what: `Temporal ${TEMPORAL_VERSION} for development`, version: TEMPORAL_VERSION, environment },
    programs: [{ path: 'github.com/temporalio/cli/cmd/temporal', name: basename(target) }],
    folder: dirname(target),
  })
}
