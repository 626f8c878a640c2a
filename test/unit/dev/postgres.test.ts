import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { findPostgres } from '../../../dev/cluster/postgres.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  for (const version of ['9.6', '15', '17']) {
    for (const name of ['initdb', 'postgres']) await executable(join(folder, version, 'bin', name))
  }
  await mkdir(join(folder, 'empty', 'bin'), { recursive: true })
})

test('PostgreSQL is the one on PATH, else the newest that a package has put down', async () => {
  const installed = [join(folder, 'absent-*', 'bin'), join(folder, '*', 'bin')]
  expect(await findPostgres({ PATH: join(folder, '15', 'bin') }, installed)).toBe(join(folder, '15', 'bin'))
  expect(await findPostgres({ PATH: '/bin' }, installed)).toBe(join(folder, '17', 'bin'))
})

test('without PostgreSQL the error names how to install it', async () => {
  await expect(findPostgres({ PATH: folder }, [join(folder, 'empty', 'bin')])).rejects.toThrow(
    'PostgreSQL is not installed: initdb is neither on PATH nor in /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, /opt/homebrew/opt/postgresql@*/bin, /usr/local/opt/postgresql@*/bin, /usr/local/pgsql/bin. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), then run the command again.',
  )
})
