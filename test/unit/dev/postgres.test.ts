import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { findPostgres } from '../../../dev/cluster/postgres.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  for (const version of ['9.6', '15', '17', 'empty']) {
    const bin = join(folder, version, 'bin')
    await mkdir(bin, { recursive: true })
    if (version === 'empty') continue
    for (const name of ['initdb', 'postgres']) {
      await writeFile(join(bin, name), '')
      await chmod(join(bin, name), 0o755)
    }
  }
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
