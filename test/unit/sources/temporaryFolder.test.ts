// The directories of sources that are read from a copy.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../loader/sources/localFile.ts'

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

test('a directory that a killed worker has left is removed, and those of running ones and of other machines stay', async () => {
  const ended = await endedProcess()
  const own = hostname()
  const names = [`${own}-${ended}-9-x`, `${own}-${process.pid}-9-x`, `${own}-${process.ppid}-9-x`, `other-${ended}-9-x`]
  const folders = names.map(name => join(tmpdir(), `sflink-source-${name}`))
  for (const folder of folders) await mkdir(folder)
  const first = await temporaryFolder()
  const second = await temporaryFolder()
  expect([...folders, first, second].map(existsSync)).toEqual([false, false, true, true, true, true])
  for (const folder of [...folders, first, second]) await rm(folder, { recursive: true, force: true })
})
