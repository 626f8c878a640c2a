import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { takePlace } from '../../../cli/up/place.ts'
import { upAddress } from '../../../config/upState.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const root = temporaryFolder()
let folder: string
let file: string
let state: string
const children = new Set<ChildProcess>()

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'project-'))
  file = join(folder, 'sflink.yaml')
  state = join(folder, '.sflink', 'up.json')
  await mkdir(join(folder, '.sflink'))
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A process that waits; its arguments are in its command line. */
async function waiting(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', '--', ...args])
  children.add(child)
  await once(child.stdout, 'data')
  return child
}

const written = (content: object) => writeFile(state, JSON.stringify(content))

test('the second up for a directory says where the first one is', async () => {
  const { pid } = await waiting('sflink.mjs', 'up')
  await written({ process: pid, children: [], temporalPort: 7234 })
  await expect(takePlace(file)).rejects.toThrow(
    `sflink up already runs for ${folder} (process ${pid}, with Temporal at 127.0.0.1:7234). Stop it with Ctrl-C in its terminal, or: kill ${pid}`,
  )
})

test('a state of a process id that another program has now is taken over', async () => {
  const { pid } = await waiting('something', 'else')
  await written({ process: pid, children: [] })
  const place = await takePlace(file)
  expect(JSON.parse(await readFile(state, 'utf8'))).toEqual({ process: process.pid, children: [] })
  place.release()
  await expect(stat(state)).rejects.toThrow('ENOENT')
})

test.each(['', '{"process":', '{"process":1,"children":["all"]}', '[]'])('a state %j is taken over', async content => {
  await writeFile(state, content)
  expect((await takePlace(file)).leftovers).toBe(0)
})

test('what a killed up has left is ended, and a process that has its id by chance is not', async () => {
  const mine = await waiting('worker', '--config', file)
  const other = await waiting('worker', '--config', '/elsewhere/sflink.yaml')
  await written({ process: 99_999_999, children: [mine.pid, other.pid, 99_999_998] })
  const ended = once(mine, 'exit')
  expect((await takePlace(file)).leftovers).toBe(1)
  expect(await ended).toEqual([null, 'SIGTERM'])
  expect(other.exitCode).toBeNull()
  expect(other.signalCode).toBeNull()
})

test('what up writes is readable by its owner only, and is no part of a repository', async () => {
  await takePlace(file)
  const { mode } = await stat(state)
  expect(mode & 0o777).toBe(0o600)
  expect(await readFile(join(folder, '.sflink', '.gitignore'), 'utf8')).toBe('*\n')
})

test('a place that cannot be written is named', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(takePlace(join(folder, 'file', 'sflink.yaml'))).rejects.toThrow(
    `${join(folder, 'file', '.sflink')} cannot be written (ENOTDIR); sflink up keeps its data there`,
  )
})

test('commands find the Temporal server of an up that runs, and of no other', async () => {
  expect(await upAddress(file)).toBeUndefined()
  const place = await takePlace(file)
  expect(await upAddress(file)).toBeUndefined()
  await place.record({ children: [], temporalPort: 7235 })
  expect(await upAddress(file)).toBe('127.0.0.1:7235')
  await written({ process: 99_999_999, children: [], temporalPort: 7235 })
  expect(await upAddress(file)).toBeUndefined()
  await written({ process: process.pid, children: [], temporalPort: 'acme.com:7233' })
  expect(await upAddress(file)).toBeUndefined()
})
