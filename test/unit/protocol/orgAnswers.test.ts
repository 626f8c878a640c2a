// Every sequence of answers that the org can give to the calls of one chunk.
import { expect, test } from 'vitest'
import { load, newWorld, outcomeOf, type Records } from './memoryLoad.ts'
import { ANSWERS, JOB_CALLS } from './scriptedOrg.ts'

const RECORDS: Records = ['Ada', 'Ben', 'Cleo'].map((last, index) => ({ last, ext: `K${index}` }))

const sequences = ANSWERS.flatMap(first => ANSWERS.flatMap(second => ANSWERS.map(third => [first, second, third])))

const created = ['Ada', 'Ben', 'Cleo'].map(last => ({ last, inOrg: 1, outcome: 'created: true', isRight: true }))

test.each([
  ['without', { LastName: 'last' }],
  ['with', { LastName: 'last', Ext_Id__c: 'ext' }],
] as const)(
  'a create %s a unique external ID writes every record once, for any three answers in a row',
  async (_, fields) => {
    for (const answers of sequences) {
      const world = newWorld(RECORDS, { fields })
      world.org.script.createRecords = [...answers]
      await load(world)
      expect({ answers, outcomes: outcomeOf(world) }).toEqual({ answers, outcomes: created })
    }
  },
)

test('an upsert reports a record as created although a repeated request found it, for any three answers in a row', async () => {
  for (const answers of sequences) {
    const fields = { LastName: 'last', Ext_Id__c: 'ext' }
    const world = newWorld(RECORDS, { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
    world.org.add({ LastName: 'Ben', Ext_Id__c: 'K1' }, 'someone else', 3_600_000)
    world.org.script.upsertRecords = [...answers]
    await load(world)
    const outcomes = created.map(one => (one.last === 'Ben' ? { ...one, outcome: 'created: false' } : one))
    expect({ answers, outcomes: outcomeOf(world) }).toEqual({ answers, outcomes })
  }
})

test('a bulk create writes every record once, for any two answers in a row to each call of its job', async () => {
  for (const call of JOB_CALLS) {
    for (const first of ANSWERS) {
      for (const second of ANSWERS) {
        const world = newWorld(RECORDS, { engine: 'bulk' })
        world.org.script[call] = [first, second]
        await load(world)
        expect({ call, first, second, outcomes: outcomeOf(world) }).toEqual({ call, first, second, outcomes: created })
      }
    }
  }
})

test('a bulk create writes every record once, whichever two calls of its job lose their answers', async () => {
  for (const one of JOB_CALLS) {
    for (const other of JOB_CALLS) {
      const world = newWorld(RECORDS, { engine: 'bulk' })
      world.org.script[one] = ['lostAfter']
      world.org.script[other] = [...(world.org.script[other] ?? []), 'lostBefore']
      await load(world)
      expect({ one, other, outcomes: outcomeOf(world) }).toEqual({ one, other, outcomes: created })
    }
  }
})

test('a request whose answer arrived is never sent again', async () => {
  const world = newWorld(RECORDS, { chunk: { collectionsRecords: 1 } })
  world.org.script.createRecords = ['succeed', 'limitReached', 'unreachable', 'succeed']
  await load(world)
  expect(world.org.count('createRecords')).toBe(5)
  await load(world)
  expect(world.org.count('createRecords')).toBe(5)
})
