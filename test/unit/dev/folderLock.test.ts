import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withLock } from '../../../dev/processes/folderLock.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test('two concurrent callers run one after the other', async () => {
  const lock = join(folder, 'busy')
  const log: string[] = []
  const work = (name: string) =>
    withLock(lock, async () => {
      log.push(`${name} begins`)
      await sleep(20)
      log.push(`${name} ends`)
    })
  await Promise.all([work('a'), work('b')])
  expect(log.map(line => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends'])
})

test('a lock of a process that no longer exists is taken over', async () => {
  const lock = join(folder, 'abandoned')
  await mkdir(lock)
  // Above the largest process id of Linux and macOS.
  await writeFile(join(lock, 'owner'), '99999999')
  await expect(withLock(lock, async () => 'done')).resolves.toBe('done')
})

test('work that fails leaves no lock behind', async () => {
  const lock = join(folder, 'failing')
  await expect(withLock(lock, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck')
  await expect(withLock(lock, async () => 'done')).resolves.toBe('done')
})
