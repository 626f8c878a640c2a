import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { openFileRunStore } from '../../../loader/storage/fileRunStore.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(folder, 'crash-'))
})

async function hiddenFiles(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile() && entry.name.startsWith('.')).map(entry => entry.name)
}

/** Lets a process write for a moment after its first turn, then kills it. Returns the last turn that it reported as finished. */
async function writeUntilKilled(milliseconds: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crashingWriter.ts'), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let last = -1
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => {
    last = Number(line)
  })
  await once(lines, 'line')
  await wait(milliseconds)
  child.kill('SIGKILL')
  await once(child, 'close')
  return last
}

describe('a process killed while it writes', () => {
  test('leaves whole files only, with everything that it finished', async () => {
    for (const milliseconds of [0, 3, 17, 38, 71, 110]) {
      const last = await writeUntilKilled(milliseconds)
      const store = openFileRunStore(root, 'run')
      const paths = await store.list('')
      expect(paths.filter(path => path.startsWith('once/')).length).toBeGreaterThan(last)
      for (const path of paths) {
        const [head = '', ...lines] = ((await store.readText(path)) ?? '').split('\n')
        expect(lines.length - 1, path).toBe(Number(head))
        expect(lines.slice(0, -1).every(line => line.length === 99)).toBe(true)
      }
      expect(paths.some(path => path.includes('/.'))).toBe(false)
      await store.write('replaced/0.csv', '0\n')
      await store.write('pieces/0.csv', '0\n')
      await store.writeOnce('once/later.json', '0\n')
      expect(await hiddenFiles()).toEqual([])
      await rm(join(root, 'run'), { recursive: true })
    }
  })
})

describe('temporary files left behind', () => {
  const name = (host: string, pid: number, token: string) => `.${host}~${pid}~${token}~1.tmp`
  const DEAD = 2 ** 22 - 1

  async function afterAWrite(names: readonly string[]): Promise<string[]> {
    await mkdir(join(root, 'run'))
    for (const one of names) await writeFile(join(root, 'run', one), 'half')
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
    for (const one of names.filter(each => each.includes('old'))) await utimes(join(root, 'run', one), old, old)
    await openFileRunStore(root, 'run').write('x', '')
    return await hiddenFiles()
  }

  test('are removed when their process no longer exists, even one with the same id as this process', async () => {
    const gone = [name(hostname(), DEAD, 'aa'), name(hostname(), process.pid, 'bb'), name('old-host', 1, 'cc')]
    expect(await afterAWrite(gone)).toEqual([])
  })

  test('are kept when their process runs or may run on another machine', async () => {
    const alive = [name(hostname(), process.ppid, 'aa'), name('other-host', DEAD, 'bb'), '.nfs0001']
    expect((await afterAWrite(alive)).sort()).toEqual(alive.sort())
  })
})
