// A real browser, without a window.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../../../dev/programs/browser.ts'

/** Folder for screenshots; without it no screenshots are taken. */
const PICTURES = process.env['SFLINK_PICTURES']

/** Text without coloured edges. */
const SMALL_PICTURES = ['--disable-lcd-text']

/** Throws BrowserMissingError when there is no browser and its installation fails. */
export async function openBrowser(): Promise<Browser> {
  const { path, environment } = await findBrowser()
  return chromium.launch({
    executablePath: path,
    env: { ...variables(), ...environment },
    // Containers have no sandbox for root and little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...SMALL_PICTURES],
  })
}

function variables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** @param height pixels from the top. @default the visible part */
export async function picture(page: Page, name: string, height?: number): Promise<void> {
  if (!PICTURES) return
  await mkdir(PICTURES, { recursive: true })
  const clip = height === undefined ? {} : { clip: { x: 0, y: 0, width: page.viewportSize()?.width ?? 0, height } }
  await page.screenshot({ path: join(PICTURES, `${name}.png`), ...clip })
}
