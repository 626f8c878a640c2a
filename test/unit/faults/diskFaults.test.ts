// The faults of the run store once more, on a real disk: what the matrix assumes of a store is what the store in files does.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { PLAN_FILE, STAGED_FILE } from '../../../loader/protocol/layout.ts'
import { openFileRunStore } from '../../../loader/storage/fileRunStore.ts'
import type { RunStore } from '../../../loader/storage/runStore.ts'
import { breakDisk, DISK_FAULTS } from '../../rig/brokenDisk.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { dependenciesOf, loadThrough, type RunStep, retried, type World } from '../protocol/memoryLoad.ts'
import { ENGINES, type Engine, worldOf } from './steps.ts'
import { check } from './verdict.ts'

const temporary = temporaryFolder()

let repair: () => void = () => undefined

afterEach(() => {
  repair()
  vi.useRealTimers()
})

/** A planned load whose run store is on the disk. */
async function loadOnDisk(engine: Engine) {
  const world = await worldOf(engine, 'create')
  const root = await mkdtemp(join(temporary, 'runs-'))
  const store = openFileRunStore(root, world.runId)
  await store.write(PLAN_FILE, world.files.get(PLAN_FILE) ?? '')
  return { world, root }
}

/** The steps of a worker; each attempt opens the run store anew. */
function onDisk(world: World, root: string, before: (step: string) => Promise<void> = async () => undefined): RunStep {
  const open = () => openFileRunStore(root, world.runId)
  return async (name, work) => {
    await before(name)
    const stores = { ...dependenciesOf(world).runStores, open }
    return retried(step => work({ ...dependenciesOf(world), runStore: open, runStores: stores }, step))
  }
}

/** What the run on the disk reports, compared with the org. */
async function checkDisk(world: World, store: RunStore) {
  for (const path of await store.list('')) world.files.set(path, (await store.readText(path)) ?? '')
  return check(world)
}

const RIGHT = { problems: [], inDoubt: 0, unloaded: 0 }

/** Calls of the disk that fail in a row. */
const FAILING = 9

test.each(ENGINES.flatMap(engine => DISK_FAULTS.map(fault => [engine, fault] as const)))(
  'a load by %s waits for a disk with %s, wherever it begins, and writes every record once',
  async (engine, fault) => {
    for (let from = 1, calls = from; calls >= from; from += 7) {
      const { world, root } = await loadOnDisk(engine)
      calls = 0
      repair = breakDisk({
        fault,
        strikes: path => {
          if (!path.startsWith(root)) return false
          calls += 1
          return calls >= from && calls < from + FAILING
        },
      })
      await loadThrough(world, onDisk(world, root))
      repair()
      const checked = await checkDisk(world, openFileRunStore(root, world.runId))
      expect({ from, ...checked }).toEqual({ from, ...RIGHT })
      await rm(root, { recursive: true })
    }
  },
)

test.each([
  ['collections', 'sendChunk'],
  ['bulk', 'uploadChunk'],
  ['bulk', 'commitChunk'],
  ['bulk', 'settleChunk'],
] as const)(
  'a load by %s whose disk is gone from %s on fails, sends nothing then, and is loaded when the disk is back',
  async (engine, step) => {
    const { world, root } = await loadOnDisk(engine)
    const away = `${root}-away`
    const unmount = async (name: string) => {
      if (name !== step) return
      await rename(root, away)
      await mkdir(root)
    }
    await expect(loadThrough(world, onDisk(world, root, unmount))).rejects.toMatchObject({
      name: 'RunFileMissingError',
      message: expect.stringContaining('If the run store was moved'),
    })
    await rm(root, { recursive: true })
    await rename(away, root)
    await loadThrough(world, onDisk(world, root))
    const store = openFileRunStore(root, world.runId)
    expect(await store.size(STAGED_FILE)).toBeGreaterThan(0)
    expect(await checkDisk(world, store)).toEqual(RIGHT)
  },
)

test.each([
  ['collections', 'sendChunk', 'createRecords'],
  ['bulk', 'commitChunk', 'closeIngestJob'],
] as const)('nothing is sent by %s when the disk goes while the step runs', async (engine, step, call) => {
  const { world, root } = await loadOnDisk(engine)
  const away = `${root}-away`
  const run = onDisk(world, root)
  const failing: RunStep = (name, work) => {
    if (name !== step) return run(name, work)
    return run(name, async (dependencies, turn) => {
      const connection = dependencies.connection()
      // The first request of the step; its records and its plan are read by then.
      const readClock = async () => {
        await rename(root, away)
        return connection.readClock()
      }
      return work({ ...dependencies, connection: () => ({ ...connection, readClock }) }, turn)
    })
  }
  await expect(loadThrough(world, failing)).rejects.toMatchObject({ name: 'RunFileMissingError' })
  expect(world.org.count(call)).toBe(0)
  await rm(root, { recursive: true, force: true })
  await rename(away, root)
  await loadThrough(world, run)
  expect(await checkDisk(world, openFileRunStore(root, world.runId))).toEqual(RIGHT)
})
