// Workers are killed, or two of them are alive, while records are loaded that are the parents of each other.
import { expect, test } from 'vitest'
import { fillParents } from '../../../loader/protocol/waves/fillParents.ts'
import { hierarchy, rowsOf, worldOf } from './hierarchies.ts'
import { dependenciesOf, load, RUN_ID, stage, stepOf } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const ROWS = rowsOf('C B', 'B A', 'A', 'Under Invalid', 'Invalid', 'D A')
const NAMES = [
  'C < B',
  'B < A',
  'A < ',
  expect.stringMatching(/^Under: PARENT_REJECTED/),
  expect.stringMatching(/^Invalid: /),
  'D < A',
]
const chunk = { collectionsRecords: 2, bulkRecords: 2 }

test.each(['collections', 'bulk'] as const)(
  'a worker that is killed at any moment leaves each record with its parent, once (%s)',
  async engine => {
    const counting = new SimulatedWorker()
    await load(worldOf(ROWS, { engine, chunk }), counting)
    expect(counting.effects).toBeGreaterThan(20)
    for (let effects = 1; effects < counting.effects; effects++) {
      const world = worldOf(ROWS, { engine, chunk })
      await expect(load(world, new SimulatedWorker(effects))).rejects.toThrow(WorkerKilledError)
      const { tally } = await load(world)
      expect(tally).toMatchObject({ created: 4, failed: 2, inDoubt: 0 })
      expect(hierarchy(world)).toEqual(NAMES)
      expect(world.org.records).toHaveLength(4)
    }
  },
)

test.each(['collections', 'bulk'] as const)('two workers load each record once, with its parent (%s)', async engine => {
  const world = worldOf(ROWS, { engine, chunk, resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  await Promise.all([load(world), load(world)])
  expect(hierarchy(world)).toEqual(NAMES)
  expect(world.org.records).toHaveLength(4)
})

test('a wave that was filled stays as it is, whatever the results of its parents are by then', async () => {
  const world = worldOf(ROWS, { chunk })
  await load(world)
  const before = new Map(world.files)
  for (const [path, text] of world.files) {
    if (path.endsWith('.results.csv')) world.files.set(path, text.replaceAll('created', 'failed'))
  }
  const filled = await fillParents(dependenciesOf(world), { runId: RUN_ID, wave: 1 }, stepOf())
  expect(filled.chunks.map(({ records }) => records)).toEqual([1, 1])
  for (const path of ['chunks/00001.csv', 'chunks/00002.csv']) expect(world.files.get(path)).toBe(before.get(path))
})
