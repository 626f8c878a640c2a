// existing: keep for records whose parents are rows of the same source: those that the org has are parents of those that it does not have.
import { expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { hierarchy, rowsOf, SELF, worldOf } from './hierarchies.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, plan, type World } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const KEEP: Partial<SpecParts> = {
  existing: 'keep',
  keyField: 'LastName',
  fields: { ReportsToId: SELF, LastName: 'last' },
  resultColumns: ['id', 'outcome', 'errorcode'],
  chunk: { collectionsRecords: 2, bulkRecords: 2 },
}

const ROWS = rowsOf('C B', 'B A', 'A', 'Under Twin', 'Twin', 'There B', 'Last There', 'Low X', 'X Nowhere')

/** The org has A, and There without a parent; Twin is there twice. */
function newRun(parts: Partial<SpecParts> = {}): World {
  const world = worldOf(ROWS, { ...KEEP, ...parts })
  for (const LastName of ['A', 'There', 'Twin', 'Twin']) world.org.add({ LastName }, 'someone else', 3_600_000)
  return { ...world, matchLimits: BY_QUERY_JOB }
}

const NAMES = [
  'C < B',
  'B < A',
  'A < ',
  expect.stringMatching(/^Under: PARENT_REJECTED: its parent, row 5, was rejected: KEY_AMBIGUOUS/),
  expect.stringMatching(/^Twin: KEY_AMBIGUOUS/),
  'There < ',
  'Last < There',
  expect.stringMatching(/^Low: PARENT_REJECTED: its parent, row 9, was rejected: PARENT_NOT_FOUND/),
  expect.stringMatching(/^X: PARENT_NOT_FOUND/),
]

const TALLY = { created: 3, updated: 0, deleted: 0, unchanged: 2, failed: 4, inDoubt: 0 }

test.each(ENGINES)('a record gets the Id of its parent, which was created or found (%s)', async engine => {
  const world = newRun({ engine })
  const { tally } = await load(world)
  expect(tally).toEqual(TALLY)
  expect(hierarchy(world)).toEqual(NAMES)
})

test.each(ENGINES)(
  'a worker that is killed at any moment creates each record once, with its parent (%s)',
  async engine => {
    const counting = new SimulatedWorker()
    await load(newRun({ engine }), counting)
    expect(counting.effects).toBeGreaterThan(20)
    for (let effects = 1; effects < counting.effects; effects++) {
      const world = newRun({ engine })
      await expect(load(world, new SimulatedWorker(effects))).rejects.toThrow(WorkerKilledError)
      expect((await load(world)).tally).toEqual(TALLY)
      expect(hierarchy(world)).toEqual(NAMES)
      expect(world.org.records).toHaveLength(7)
    }
  },
)

test('a plan shows the rows of parents, and is loaded as it was made', async () => {
  const world = asPlan(newRun())
  const { verdicts } = await plan(world)
  expect(verdicts).toEqual({ create: 4, update: 0, unchanged: 2, delete: 0, ambiguous: 1, rejected: 2 })
  expect(linesOf(world, 'plan.csv').map(line => [line['verdict'], line['new.ReportsToId']])).toEqual([
    ['create', 'row 2'],
    ['create', 'row 3'],
    ['unchanged', ''],
    ['create', 'row 5'],
    ['ambiguous', ''],
    ['unchanged', ''],
    ['create', 'row 6'],
    ['rejected', ''],
    ['rejected', ''],
  ])
  expect((await load(world)).tally).toEqual(TALLY)
  expect(hierarchy(world)).toEqual(NAMES)
})
