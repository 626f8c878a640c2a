// Finds a Temporal server for development, or the `temporal` executable to start one, in the order of cost.
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { withLock } from './installLock.ts'
import { buildTemporal } from './temporalBuild.ts'
import { downloadTemporal } from './temporalDownload.ts'

/** The newest CLI that Go builds by its module path. */
export const TEMPORAL_VERSION = '1.5.1'

const executableName = process.platform === 'win32' ? 'temporal.exe' : 'temporal'

export type FoundTemporal =
  | { readonly kind: 'server'; readonly address: string; readonly namespace: string }
  | { readonly kind: 'executable'; readonly path: string }

/** Thrown when there is no Temporal and none could be installed. */
export class TemporalMissingError extends Error {
  override readonly name = 'TemporalMissingError' as const

  constructor(reasons: readonly string[]) {
    super(
      `No Temporal for development: ${reasons.join('; ')}. Install the Temporal CLI (https://docs.temporal.io/cli) so that \`temporal\` is on PATH, or install Go, or set TEMPORAL_ADDRESS to a running server, then run the command again.`,
    )
  }
}

/**
 * An address in TEMPORAL_ADDRESS, else `temporal` on PATH, else the one in the cache, else one that is downloaded or built
 * into the cache. Safe to call from several processes at once. Throws TemporalMissingError when all of it fails.
 */
export async function findTemporal(environment: NodeJS.ProcessEnv = process.env): Promise<FoundTemporal> {
  const address = environment['TEMPORAL_ADDRESS']
  if (address) return { kind: 'server', address, namespace: environment['TEMPORAL_NAMESPACE'] || 'default' }
  const cached = join(cacheFolder(environment), executableName)
  const path = (await onPath(environment)) ?? ((await isExecutable(cached)) ? cached : undefined)
  return { kind: 'executable', path: path ?? (await installTemporal(cached, environment)) }
}

function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'salesforce-link', `temporal-${TEMPORAL_VERSION}`)
}

async function onPath(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, executableName)
    if (folder && (await isExecutable(path)) && (await answersToVersion(path))) return path
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Another program may bear the name; Temporal's says so. */
function answersToVersion(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(path, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 })
    let output = ''
    child.stdout.on('data', data => {
      output += data
    })
    child.on('error', () => resolve(false))
    child.on('close', () => resolve(output.startsWith('temporal version')))
  })
}

/** Whoever comes second waits for the first, then finds its work done. */
async function installTemporal(target: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return withLock(`${cacheFolder(environment)}.lock`, async () => {
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
