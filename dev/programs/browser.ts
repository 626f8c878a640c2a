// Finds or installs a browser for the tests of Temporal's UI, the cheapest way first.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder, isExecutable, onPath, showProgress } from '../../cli/up/programs.ts'
import { withLock } from '../processes/folderLock.ts'
import { runInstaller } from './executables.ts'

/** An npm package that contains a Chromium for Linux: it needs no registry but npm's. */
const PACKAGE = '@sparticuz/chromium'
export const BROWSER_VERSION = '153.0.0'

/** Names of programs on PATH, and the beginning of their output of `--version`. */
const BROWSERS = [
  ['chromium', 'Chromium'],
  ['chromium-browser', 'Chromium'],
  ['google-chrome', 'Google Chrome'],
  ['google-chrome-stable', 'Google Chrome'],
] as const

export type FoundBrowser = {
  readonly path: string
  /** Variables that it needs in addition to the environment of the process. */
  readonly environment: Readonly<Record<string, string>>
}

/** Thrown when there is no browser and the installation of one failed. */
class BrowserMissingError extends Error {
  override readonly name = 'BrowserMissingError' as const

  constructor(reason: string) {
    super(
      `No browser for the tests of Temporal's UI: neither chromium nor google-chrome is on PATH; ${reason}. Install Chromium (apt-get install chromium), then run the command again.`,
    )
  }
}

/**
 * Chromium or Chrome on PATH, else the Chromium in the project's cache, else one from npm's registry into the cache.
 * Safe to call from several processes at once. Throws BrowserMissingError when all of this fails.
 */
export async function findBrowser(environment: NodeJS.ProcessEnv = process.env): Promise<FoundBrowser> {
  for (const [name, says] of BROWSERS) {
    const path = await onPath(environment, name, says)
    if (path !== undefined) return { path, environment: {} }
  }
  const folder = cacheFolder(environment, 'chromium', BROWSER_VERSION)
  return withLock(`${dirname(folder)}/chromium.lock`, async () => {
    const browser = browserIn(folder)
    if (await isExecutable(browser.path)) return browser
    const failure = await installBrowser(folder, environment)
    if (failure !== undefined) throw new BrowserMissingError(failure)
    return browser
  })
}

/** The package contains the libraries that a minimal system lacks. */
const browserIn = (folder: string): FoundBrowser => ({
  path: join(folder, 'chromium'),
  environment: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') },
})

/** Returns undefined when the browser is in the folder, else the reason of the failure. */
async function installBrowser(folder: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the Chromium that can be installed is for Linux on x64, this is ${process.platform} on ${process.arch}`
  }
  await mkdir(dirname(folder), { recursive: true })
  const place = await mkdtemp(`${folder}-install-`)
  const stop = showProgress(`Installing Chromium ${BROWSER_VERSION} (once, 75 MB) …`)
  try {
    const npm = ['install', '--prefix', place, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    const installed = await runInstaller('npm', [...npm, `${PACKAGE}@${BROWSER_VERSION}`], environment)
    if (installed.failed) return `installing ${PACKAGE} with npm failed (${installed.lastLine})`
    const unpacked = await unpack(place, environment)
    if (unpacked.failed) return `unpacking ${PACKAGE} failed (${unpacked.lastLine})`
    await rm(folder, { recursive: true, force: true })
    await rename(join(place, 'unpacked'), folder)
    return undefined
  } finally {
    stop()
    await rm(place, { recursive: true, force: true })
  }
}

/** The package unpacks into the temporary directory; its libraries only on AWS Lambda, so that is what it sees. */
async function unpack(place: string, environment: NodeJS.ProcessEnv) {
  const folder = join(place, 'unpacked')
  await mkdir(folder)
  const script = `await (await import('${PACKAGE}')).default.executablePath()`
  const lambda = { ...environment, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  return runInstaller(process.execPath, ['--input-type=module', '--eval', script], lambda, place)
}
