import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { command } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

const version = (env: Readonly<Record<string, string>>) =>
  execa('node', [command, '--version'], { env, extendEnv: false, timeout: 30_000 })

test('a command keeps its compiled code in the cache of the user', async () => {
  await version({ PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: folder })
  expect(await readdir(join(folder, 'salesforce-link', 'compiled'))).toHaveLength(1)
})

test.each(['/dev/null', '/proc'])('a command answers when %s is its home, where nothing can be written', async HOME => {
  const { stdout } = await version({ PATH: process.env['PATH'] ?? '', HOME })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/)
})
