// Finds a Temporal server for development, or finds or installs the `temporal` executable to start one, the cheapest way first.
import { basename, dirname, join } from 'node:path'
import { withLock } from '../processes/folderLock.ts'
import { cacheFolder, executableName, isExecutable, onPath } from './executables.ts'
import { buildWithGo } from './goBuild.ts'
import { downloadTemporal, type InstallRequest } from './temporalDownload.ts'

/** The newest CLI that Go builds by its module path. */
export const TEMPORAL_VERSION = '1.5.1'

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
  const cached = join(cacheFolder(environment, 'temporal', TEMPORAL_VERSION), executableName('temporal'))
  const path =
    (await onPath(environment, 'temporal', 'temporal version')) ?? ((await isExecutable(cached)) ? cached : undefined)
  return { kind: 'executable', path: path ?? (await installTemporal(cached, environment)) }
}

/** A second process waits for the first, then finds the executable. */
async function installTemporal(target: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return withLock(`${dirname(target)}.lock`, async () => {
    if (await isExecutable(target)) return target
    const reasons: string[] = []
    for (const install of [downloadTemporal, buildTemporal]) {
      const failure = await install({ version: TEMPORAL_VERSION, target, environment })
      if (failure === undefined) return target
      reasons.push(failure)
    }
    throw new TemporalMissingError(reasons)
  })
}

function buildTemporal({ version, target, environment }: InstallRequest): Promise<string | undefined> {
  return buildWithGo({
    ...{ what: `Temporal ${version} for development`, version, environment },
    programs: [{ path: 'github.com/temporalio/cli/cmd/temporal', name: basename(target) }],
    folder: dirname(target),
  })
}
