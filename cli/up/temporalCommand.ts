// Finds the `temporal` command, which has a server for one machine, or downloads it.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { environmentProxy } from '../../config/environmentProxy.ts'
import { CommandError, EXIT } from '../commandError.ts'
import { cacheFolder, executableName, isExecutable, onPath, showProgress } from './programs.ts'

/** The newest version that Go builds by its module path too, as on machines of developers without a way to the download. */
export const TEMPORAL_VERSION = '1.5.1'

/** Path of `temporal` on PATH, else in the cache, else downloaded into the cache. Throws CommandError when there is no way to get it. */
export async function temporalCommand(environment: NodeJS.ProcessEnv): Promise<string> {
  const present = await presentTemporal(environment)
  if (present !== undefined) return present
  const failure = await downloadTemporal(environment)
  if (failure === undefined) return cachedTemporal(environment)
  throw new CommandError(
    `No Temporal server can be started: temporal is not on PATH, and ${failure}. Install the Temporal CLI (https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a server that runs, then run the command again`,
    EXIT.runFailed,
  )
}

/** Path of `temporal` on PATH, else in the cache; undefined when it is in neither. */
export async function presentTemporal(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = await onPath(environment, 'temporal', 'temporal version')
  const cached = cachedTemporal(environment)
  return path ?? ((await isExecutable(cached)) ? cached : undefined)
}

/** Where the command is after a download. */
export function cachedTemporal(environment: NodeJS.ProcessEnv): string {
  return join(cacheFolder(environment, 'temporal', TEMPORAL_VERSION), executableName('temporal'))
}

/** The site that the SDK downloads from. */
const DOWNLOAD_ORIGIN = 'https://temporal.download'
/** Milliseconds. */
const REACHABLE_MS = 5_000
const DOWNLOAD_MS = 300_000

/** Resolves to undefined when the command is in the cache, else to the reason. Two processes at once both download, and one of the two files stays. */
export async function downloadTemporal(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!(await isReachable(environment))) return `${DOWNLOAD_ORIGIN} cannot be reached to download it`
  const target = cachedTemporal(environment)
  await mkdir(dirname(target), { recursive: true })
  const folder = await mkdtemp(join(dirname(target), 'download-'))
  const stop = showProgress(`Downloading Temporal ${TEMPORAL_VERSION} (once) …`)
  try {
    const failure = await sdkDownload(environment, folder)
    if (failure !== undefined) return `its download from ${DOWNLOAD_ORIGIN} failed (${failure})`
    const [file] = (await readdir(folder)).filter(name => name.startsWith('temporal-'))
    if (file === undefined) return `its download from ${DOWNLOAD_ORIGIN} left no file`
    await rename(join(folder, file), target)
    return undefined
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Fails in seconds where the SDK waits for minutes. Behind a proxy only the SDK can tell. */
async function isReachable(environment: NodeJS.ProcessEnv): Promise<boolean> {
  if (environmentProxy(new URL(DOWNLOAD_ORIGIN), environment) !== undefined) return true
  return fetch(DOWNLOAD_ORIGIN, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_MS) }).then(
    () => true,
    () => false,
  )
}

/** In a process of its own: the download of the SDK has no time limit and cannot be aborted. Resolves to the reason of a failure. */
async function sdkDownload(env: NodeJS.ProcessEnv, folder: string): Promise<string | undefined> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const script = fileURLToPath(new URL(`./downloadProcess.${extension}`, import.meta.url))
  return promisify(execFile)(process.execPath, [script, TEMPORAL_VERSION, folder], { env, timeout: DOWNLOAD_MS }).then(
    () => undefined,
    (error: { readonly killed?: boolean; readonly stderr?: string }) =>
      error.killed ? `no end within ${DOWNLOAD_MS / 60_000} minutes` : reasonIn(error.stderr ?? ''),
  )
}

/** The last reason in the message of the error that ended the process, which names the URL in each of them. */
function reasonIn(output: string): string {
  const [, reason] = /^\[?\w*Error: (?:.*\): )?(.*?)\]?$/m.exec(output) ?? []
  return reason ?? 'without a message'
}
