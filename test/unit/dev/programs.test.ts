// Programs that development and tests take from the machine, or from a cache.
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { composeService } from '../../../dev/cluster/composeFile.ts'
import { findPostgres } from '../../../dev/processes/postgresServer.ts'
import { BROWSER_VERSION, findBrowser } from '../../../dev/programs/browser.ts'
import { findS3, S3MissingError, VERSITYGW_VERSION } from '../../../dev/programs/s3Executable.ts'
import { findTemporalPrograms } from '../../../dev/programs/temporalServerPrograms.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

describe('the browser', () => {
  const folder = temporaryFolder()

  test('without a browser, and without npm to install one, the error names the remedy', async () => {
    await expect(findBrowser({ PATH: folder, XDG_CACHE_HOME: join(folder, 'empty') })).rejects.toThrow(
      /^No browser for the tests of Temporal's UI: neither chromium nor google-chrome is on PATH; .*Install Chromium \(apt-get install chromium\), then run the command again\.$/,
    )
  })

  test('a browser on PATH takes precedence over the one in the cache, if it is one', async () => {
    const cache = join(folder, 'salesforce-link', `chromium-${BROWSER_VERSION}`)
    await executable(join(cache, 'chromium'), 'Chromium')
    const environment = { PATH: folder, XDG_CACHE_HOME: folder }

    await executable(join(folder, 'chromium'), 'another program')
    const libraries = { LD_LIBRARY_PATH: join(cache, 'al2023', 'lib') }
    expect(await findBrowser(environment)).toEqual({ path: join(cache, 'chromium'), environment: libraries })

    await executable(join(folder, 'google-chrome'), 'Google Chrome 156.0.8078.108')
    expect(await findBrowser(environment)).toEqual({ path: join(folder, 'google-chrome'), environment: {} })
  })
})

describe('the programs of a Temporal server', () => {
  const secrets = { POSTGRES_PASSWORD: 'p', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 's' }
  const images = {
    server: composeService('temporal', secrets).image,
    ui: composeService('temporal-ui', secrets).image,
  }

  const folder = temporaryFolder()

  test('without Go the error names what to install', async () => {
    await expect(findTemporalPrograms(images, { PATH: folder, XDG_CACHE_HOME: folder })).rejects.toThrow(
      'Cannot get the Temporal server 1.32.0: Go to build it is not on PATH. Install Go 1.26.8 or later (https://go.dev/dl), then run the command again.',
    )
  })

  test('programs of the versions that docker-compose.yml names come from the cache', async () => {
    const cache = join(folder, 'salesforce-link')
    for (const path of ['temporal-server-1.32.0/temporal-server', 'temporal-server-1.32.0/temporal-sql-tool']) {
      await executable(join(cache, path))
    }
    await executable(join(cache, 'temporal-ui-2.54.1', 'temporal-ui'))
    await executable(join(folder, 'bin', 'temporal'), 'temporal version 1.5.1')
    const bin = join(folder, 'bin')
    const found = await findTemporalPrograms(images, { PATH: `${bin}:/bin:/usr/bin`, XDG_CACHE_HOME: folder })
    expect(found).toEqual({
      server: join(cache, 'temporal-server-1.32.0', 'temporal-server'),
      ui: join(cache, 'temporal-ui-2.54.1', 'temporal-ui'),
      path: [join(cache, 'temporal-server-1.32.0'), bin, `${bin}:/bin:/usr/bin`].join(delimiter),
    })
  })
})

describe('the S3 server', () => {
  const folder = temporaryFolder()

  test('uses an address in the environment first', async () => {
    const found = await findS3({ SFLINK_S3_ENDPOINT: 'https://s3.acme.com', PATH: folder })
    expect(found).toEqual({ kind: 'server', endpoint: 'https://s3.acme.com' })
  })

  test('without Go the error names what to install', async () => {
    const failure = await findS3({ PATH: folder, XDG_CACHE_HOME: folder }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(S3MissingError)
    expect((failure as Error).message).toMatch(
      /^No S3 server for development: Go to build it is not on PATH\. Install Go, or/,
    )
  })

  test('uses the executable in the cache next', async () => {
    const cached = join(folder, 'salesforce-link', `versitygw-${VERSITYGW_VERSION}`, 'versitygw')
    await executable(cached)
    expect(await findS3({ PATH: folder, XDG_CACHE_HOME: folder })).toEqual({ kind: 'executable', path: cached })
  })
})

describe('PostgreSQL', () => {
  const folder = temporaryFolder()

  beforeAll(async () => {
    for (const version of ['9.6', '15', '17']) {
      for (const name of ['initdb', 'postgres']) await executable(join(folder, version, 'bin', name))
    }
    await mkdir(join(folder, 'empty', 'bin'), { recursive: true })
  })

  test('uses the PostgreSQL on PATH, else the newest installed package', async () => {
    const installed = [join(folder, 'absent-*', 'bin'), join(folder, '*', 'bin')]
    expect(await findPostgres({ PATH: join(folder, '15', 'bin') }, installed)).toBe(join(folder, '15', 'bin'))
    expect(await findPostgres({ PATH: '/bin' }, installed)).toBe(join(folder, '17', 'bin'))
  })

  test('without PostgreSQL the error names how to install it', async () => {
    await expect(findPostgres({ PATH: folder }, [join(folder, 'empty', 'bin')])).rejects.toThrow(
      'PostgreSQL is not installed: initdb is neither on PATH nor in /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, /opt/homebrew/opt/postgresql@*/bin, /usr/local/opt/postgresql@*/bin, /usr/local/pgsql/bin. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), then run the command again.',
    )
  })
})
