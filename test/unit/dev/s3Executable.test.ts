import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findS3, S3MissingError, VERSITYGW_VERSION } from '../../../dev/programs/s3Executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

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
  await mkdir(join(cached, '..'), { recursive: true })
  await writeFile(cached, '#!/bin/sh\n')
  await chmod(cached, 0o755)
  expect(await findS3({ PATH: folder, XDG_CACHE_HOME: folder })).toEqual({ kind: 'executable', path: cached })
})
