// Lets Temporal's SDK download the CLI, in a process of its own: its download knows neither a time limit nor an abort.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { showProgress } from './progressLine.ts'
import type { InstallRequest } from './temporalBuild.ts'

/** Where the SDK downloads from. */
const DOWNLOAD_ORIGIN = 'https://temporal.download'
const REACHABLE_MS = 5_000
const DOWNLOAD_MS = 300_000

/** Returns undefined when the executable is at its target, else the reason why not. */
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

function sdkDownload({ version, environment }: InstallRequest, folder: string): Promise<boolean> {
  const script = fileURLToPath(new URL('./temporalDownloadProcess.ts', import.meta.url))
  return new Promise(resolve => {
    const child = spawn(process.execPath, [script, version, folder], {
      env: environment,
      stdio: 'ignore',
      timeout: DOWNLOAD_MS,
    })
    child.on('error', () => resolve(false))
    child.on('close', code => resolve(code === 0))
  })
}
