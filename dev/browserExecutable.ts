// Finds a browser for the tests that look at Temporal's UI, in the order of cost.
import { dirname, join } from 'node:path'
import { installBrowser } from './browserInstall.ts'
import { cacheFolder, isExecutable, onPath } from './executables.ts'
import { withLock } from './installLock.ts'

/** Of the npm package that carries a Chromium for Linux; npm's registry is all it needs. */
export const BROWSER_VERSION = '153.0.0'

/** Programs by their names on PATH, and what they call themselves. */
const BROWSERS = [
  ['chromium', 'Chromium'],
  ['chromium-browser', 'Chromium'],
  ['google-chrome', 'Google Chrome'],
  ['google-chrome-stable', 'Google Chrome'],
] as const

export type FoundBrowser = {
  readonly path: string
  /** Variables that it needs beside the process's own. */
  readonly environment: Readonly<Record<string, string>>
}

/** Thrown when there is no browser and none could be installed. */
class BrowserMissingError extends Error {
  override readonly name = 'BrowserMissingError' as const

  constructor(reason: string) {
    super(
      `No browser to look at Temporal's UI with: neither chromium nor google-chrome is on PATH; ${reason}. Install Chromium (apt-get install chromium), then run the command again.`,
    )
  }
}

/**
 * Chromium or Chrome on PATH, else the Chromium in the project's cache, else one from npm's registry into the cache.
 * Safe to call from several processes at once. Throws BrowserMissingError when all of it fails.
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
    const failure = await installBrowser({ version: BROWSER_VERSION, folder, environment })
    if (failure !== undefined) throw new BrowserMissingError(failure)
    return browser
  })
}

/** It brings the libraries that a bare system lacks. */
function browserIn(folder: string): FoundBrowser {
  return { path: join(folder, 'chromium'), environment: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } }
}
