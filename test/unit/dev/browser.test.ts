import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BROWSER_VERSION, findBrowser } from '../../../dev/programs/browser.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

async function executable(path: string, says: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\necho "${says}"\n`)
  await chmod(path, 0o755)
}

test('without a browser, and without npm to install one, the error names the remedy', async () => {
  await expect(findBrowser({ PATH: folder, XDG_CACHE_HOME: join(folder, 'empty') })).rejects.toThrow(
    /^No browser for the tests of Temporal's UI: neither chromium nor google-chrome is on PATH; .*Install Chromium \(apt-get install chromium\), then run the command again\.$/,
  )
})

test('a browser on PATH takes precedence over the one in the cache, if it is one', async () => {
  const cache = join(folder, 'salesforce-link', `chromium-${BROWSER_VERSION}`)
  await mkdir(cache, { recursive: true })
  await executable(join(cache, 'chromium'), 'Chromium')
  const environment = { PATH: folder, XDG_CACHE_HOME: folder }

  await executable(join(folder, 'chromium'), 'another program')
  const libraries = { LD_LIBRARY_PATH: join(cache, 'al2023', 'lib') }
  expect(await findBrowser(environment)).toEqual({ path: join(cache, 'chromium'), environment: libraries })

  await executable(join(folder, 'google-chrome'), 'Google Chrome 156.0.8078.108')
  expect(await findBrowser(environment)).toEqual({ path: join(folder, 'google-chrome'), environment: {} })
})
