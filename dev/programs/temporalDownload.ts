// Downloads the Temporal CLI with Temporal's SDK, in a separate process: the download of the SDK has no time limit and cannot be aborted.
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { showProgress } from './executables.ts'

export type InstallRequest = {
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
export async function downloadTemporal(request: InstallRequest): Promise<string | undefined> {
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

async function sdkDownload({ version, environment }: InstallRequest, folder: string): Promise<boolean> {
  const script = fileURLToPath(new URL('./temporalDownloadProcess.ts', import.meta.url))
  const { failed } = await execa(process.execPath, [script, version, folder], {
    ...{ env: environment, extendEnv: false, stdio: 'ignore', timeout: DOWNLOAD_MS, reject: false },
  })
  return !failed
}
