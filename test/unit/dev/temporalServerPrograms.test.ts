import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { composeService } from '../../../dev/cluster/composeFile.ts'
import { findTemporalPrograms } from '../../../dev/programs/temporalServerPrograms.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

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
