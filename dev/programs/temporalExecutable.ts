// Finds a Temporal server for development, or finds or installs the `temporal` executable to start one, the cheapest way first.
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { withLock } from '../processes/folderLock.ts'
import { buildWithGo, cacheFolder, executableName, isExecutable, onPath, showProgress } from './executables.ts'

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

type InstallRequest = {
  /** Without `v`. */
  readonly version: string
  /** Destination path of the executable. */
  readonly target: string
  readonly environment: NodeJS.ProcessEnv
}

/** The site that the SDK downloads from. */
const DOWNLOAD_ORIGIN = 'https://temporal.download'
const REACHABLE_MS = 5_000
const DOWNLOAD_MS = 300_000

/** Returns undefined when the executable is at its target, else the reason of the failure. */
async function downloadTemporal(request: InstallRequest): Promise<string | undefined> {
  if (!(await isReachable())) return `${DOWNLOAD_ORIGIN} cannot be reached to download it`
  await mkdir(dirname(request.target), { recursive: true })
  const folder = await mkdtemp(join(dirname(request.target), 'download-'))
  const stop = showProgress(`Downloading Temporal ${request.version} for development (once) …`)
  try {
    if (!(await sdkDownload(request, folder))) return `its download from ${DOWNLOAD_ORIGIN} failed`
    const [file] = (await readdir(folder)).filter(name => name.startsWith('temporal-'))
    if (file === undefined) return `its download from ${DOWNLOAD_ORIGIN} left no file`
    await rename(join(folder, file), request.target)
    return undefined
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function isReachable(): Promise<boolean> {
  return fetch(DOWNLOAD_ORIGIN, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_MS) }).then(
    () => true,
    () => false,
  )
}

/** In a separate process: the download of the SDK has no time limit and cannot be aborted. */
async function sdkDownload({ version, environment }: InstallRequest, folder: string): Promise<boolean> {
  const script = fileURLToPath(new URL('./temporalDownloadProcess.ts', import.meta.url))
  const { failed } = await execa(process.execPath, [script, version, folder], {
    ...{ env: environment, extendEnv: false, stdio: 'ignore', timeout: DOWNLOAD_MS, reject: false },
  })
  return !failed
}
