import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BROWSER_VERSION, findBrowser } from '../../../dev/programs/browser.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test('without a browser, and without npm to install one, one line names the remedy', async () => {
  await expect(findBrowser({ PATH: folder, XDG_CACHE_HOME: join(folder, 'empty') })).rejects.toThrow(
    /^No browser for the tests of Temporal's UI: neither chromium nor google-chrome is on PATH; .*Install Chromium \(apt-get install chromium\), then run the command again\.$/,
  )
})

test('a browser on PATH comes before the one in the cache, if it is one', async () => {
  const cache = join(folder, 'salesforce-link', `chromium-${BROWSER_VERSION}`)
  await executable(join(cache, 'chromium'), 'Chromium')
  const environment = { PATH: folder, XDG_CACHE_HOME: folder }

  await executable(join(folder, 'chromium'), 'another program')
  const libraries = { LD_LIBRARY_PATH: join(cache, 'al2023', 'lib') }
  expect(await findBrowser(environment)).toEqual({ path: join(cache, 'chromium'), environment: libraries })

  await executable(join(folder, 'google-chrome'), 'Google Chrome 156.0.8078.108')
  expect(await findBrowser(environment)).toEqual({ path: join(folder, 'google-chrome'), environment: {} })
})
