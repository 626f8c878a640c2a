// An undo whose worker is killed, and one that two workers execute at the same time: nothing is taken back twice.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { asPlan, linesOf, load, newWorld, plan, type World } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'
import { undoing } from './undoing.ts'

const ROWS = [
  { op: 'create', ext: 'made', last: 'Made', first: 'New' },
  { op: 'update', ext: 'kept', last: 'Kept', first: 'New' },
  { op: 'delete', ext: 'gone', last: '', first: '' },
  { op: 'upsert', ext: 'also', last: 'Also', first: '' },
]

/** A run that has created, overwritten and deleted records, about to be undone. */
async function written(engine: (typeof ENGINES)[number]): Promise<World> {
  const world = newWorld(ROWS, {
    engine,
    operation: { column: 'op' },
    ...{ keyField: 'Ext_Id__c', externalIdField: 'Ext_Id__c', undo: true },
    fields: { LastName: 'last', FirstName: 'first', Ext_Id__c: 'ext' },
    identityFields: ['ext'],
    resultColumns: ['id', 'outcome', 'errorcode'],
    chunk: { bulkRecords: 1, collectionsRecords: 1 },
  })
  for (const name of ['Kept', 'Gone', 'Also'])
    world.org.add({ LastName: name, FirstName: 'Old', Ext_Id__c: name.toLowerCase() }, 'someone else', 3_600_000)
  expect((await load(world)).tally).toMatchObject({ created: 1, deleted: 1, failed: 0 })
  return undoing(world)
}

const held = ({ org }: World) =>
  org.records.map(({ LastName, FirstName, Ext_Id__c: ext }) => [ext, LastName, FirstName].join()).toSorted()

const BEFORE = ['also,Also,Old', 'gone,Gone,Old', 'kept,Kept,Old']

const outcomes = (world: World) => linesOf(world, 'results.csv').map(({ ext, outcome }) => `${ext} ${outcome}`)

describe.each(ENGINES)('through %s', engine => {
  test.each([false, true])(
    'a worker that is killed after each effect takes back everything once, planned first: %s',
    async isPlanned => {
      for (let effects = 1, isKilled = true; isKilled; effects += 1) {
        const undo = await written(engine)
        if (isPlanned) await plan(asPlan(undo))
        isKilled = await load(undo, new SimulatedWorker(effects)).then(
          () => false,
          error => {
            if (error instanceof WorkerKilledError) return true
            throw error
          },
        )
        const { tally } = await load(undo)
        expect({ effects, tally, held: held(undo) }).toMatchObject({
          effects,
          tally: { failed: 0, inDoubt: 0 },
          held: BEFORE,
        })
        // The run has changed nothing of the fourth record.
        expect(outcomes(undo)).toEqual(['made deleted', 'kept updated', 'gone created'])
      }
    },
  )

  test('two workers take back everything once', async () => {
    const undo = await written(engine)
    await Promise.all([load(undo), load(undo)])
    expect(held(undo)).toEqual(BEFORE)
  })
})
