// A run that is planned first: what plan.csv says, and that exactly this is sent, whatever has changed in the org since.
import { describe, expect, test } from 'vitest'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, newWorld, plan, type World } from './memoryLoad.ts'
import { edit, idOf, messageOf, namesOf, planned, ROWS, results, row, UPSERT } from './plannedWorld.ts'

const READINGS: readonly (readonly [string, MatchLimits])[] = [
  ['lists', MATCH_LIMITS],
  ['a query job, two records at a time', BY_QUERY_JOB],
]

const HEADER =
  'row,verdict,operation,id,changed,errorcode,errormessage,key,old.LastName,new.LastName,old.FirstName,new.FirstName,old.Loose_Id__c,new.Loose_Id__c'

test.each(READINGS)(
  'plan.csv has a line for each record of the source, found by %s, and nothing is sent',
  async (_, limits) => {
    const world = { ...planned(), matchLimits: limits }
    const before = structuredClone(world.org.records)
    const report = await plan(world)
    const twins = world.org.records.filter(record => record['Loose_Id__c'] === 'twin').map(record => record['Id'])
    expect(world.files.get('plan.csv')?.split('\n')).toEqual([
      HEADER,
      `1,unchanged,upsert,${idOf(world, 'same')},,,,same,,,,,,`,
      `2,update,upsert,${idOf(world, 'changed')},LastName,,,changed,Old,New,,,,`,
      '3,create,upsert,,,,,absent,,Absent,,Ann,,absent',
      `4,ambiguous,upsert,,,KEY_AMBIGUOUS,"Key field: 2 Contact records have Loose_Id__c twin: ${twins.join(', ')}",twin,,,,,,`,
      '5,rejected,upsert,,,KEY_BLANK,Key field: Loose_Id__c is not present in data,,,,,,,',
      `6,update,upsert,${idOf(world, 'other')},LastName,,,other,"Old, ""too""",Other,,,,`,
      '',
    ])
    expect(report).toMatchObject({
      records: 6,
      verdicts: { create: 1, update: 2, unchanged: 1, delete: 0, ambiguous: 1, rejected: 1 },
      changedFields: [{ field: 'LastName', records: 2 }],
    })
    expect(report.errors.map(({ errorCode }) => errorCode)).toEqual(['KEY_AMBIGUOUS', 'KEY_BLANK'])
    expect(report.changes?.map(({ row: number, verdict, fields }) => ({ number, verdict, fields }))).toEqual([
      { number: 2, verdict: 'update', fields: [{ field: 'LastName', old: 'Old', new: 'New' }] },
      {
        number: 3,
        verdict: 'create',
        fields: [
          { field: 'LastName', new: 'Absent' },
          { field: 'FirstName', new: 'Ann' },
          { field: 'Loose_Id__c', new: 'absent' },
        ],
      },
      { number: 6, verdict: 'update', fields: [{ field: 'LastName', old: 'Old, "too"', new: 'Other' }] },
    ])
    expect(world.org.records).toEqual(before)
    expect(world.org.calls.filter(call => call !== 'openQueryJob')).toEqual([])
  },
)

test('without values plan.csv ends after the identity fields, and the report shows no change; the plan is checked as before', async () => {
  const world = planned({ plan: { values: false } })
  const report = await plan(world)
  expect(report).not.toHaveProperty('changes')
  expect(world.files.get('plan.csv')?.split('\n').slice(0, 3)).toEqual([
    'row,verdict,operation,id,changed,errorcode,errormessage,key',
    `1,unchanged,upsert,${idOf(world, 'same')},,,,same`,
    `2,update,upsert,${idOf(world, 'changed')},LastName,,,changed`,
  ])
  edit(world, 'changed', { LastName: 'Edited' })
  await load(world)
  expect(results(world)).toMatchObject({ changed: 'PLAN_STALE', other: 'true' })
})

test('a create is planned without a question to the org, and uploads nothing', async () => {
  const rows = Array.from({ length: 6 }, (_, index) => row(`k${index}`, `Name ${index}`))
  const world = asPlan(newWorld(rows, { ...UPSERT, operation: 'create', engine: 'bulk', chunk: { bulkRecords: 1 } }))
  expect(await plan(world)).toMatchObject({ verdicts: { create: 6 } })
  expect(world.org.calls).toEqual([])
  expect(linesOf(world, 'plan.csv')[5]).toMatchObject({ row: '6', verdict: 'create', 'new.LastName': 'Name 5' })
  expect(await load(world)).toMatchObject({ tally: { created: 6 } })
  expect(world.org.count('openIngestJob')).toBe(6)
})

test('a limit plans and loads the first records of the source', async () => {
  const world = planned({ limit: 3 })
  expect(await plan(world)).toMatchObject({ records: 3, verdicts: { create: 1, update: 1, unchanged: 1 } })
  expect(await load(world)).toMatchObject({ records: 3, tally: { created: 1, updated: 1, unchanged: 1 } })
  expect(linesOf(world, 'source')).toHaveLength(ROWS.length)
})

describe.each(ENGINES)('applied through %s', engine => {
  test('a plan is sent as it was made: an unchanged record is not sent', async () => {
    const world = planned({ engine })
    await plan(world)
    const text = world.files.get('plan.csv')
    const { tally, compared } = await load(world)
    expect(tally).toEqual({ created: 1, updated: 2, deleted: 0, unchanged: 1, failed: 2, inDoubt: 0 })
    expect(compared).toEqual({
      verdicts: { create: 1, update: 2, unchanged: 1, delete: 0, ambiguous: 1, rejected: 1 },
      changedFields: [{ field: 'LastName', records: 2 }],
    })
    expect(namesOf(world)).toEqual([
      'same: Same',
      'changed: New',
      'twin: Twin',
      'twin: Twin',
      'other: Other',
      'absent: Absent',
    ])
    expect(world.files.get('plan.csv')).toBe(text)
  })

  /** Edits of others between the plan and the run, and the message of the record. */
  test.each<[string, string, (world: World) => void, string]>([
    [
      'an old value that is another',
      'changed',
      world => edit(world, 'changed', { LastName: 'Edited' }),
      'LastName of Contact ID was "Old" then, and is "Edited" now',
    ],
    [
      'another field that differs now',
      'changed',
      world => edit(world, 'changed', { FirstName: 'Edited' }),
      'the plan was update of ID (LastName), and now it would be update of ID (LastName, FirstName)',
    ],
    [
      'a record that has the values already',
      'changed',
      world => edit(world, 'changed', { LastName: 'New' }),
      'the plan was update of ID (LastName), and now it would be unchanged of ID',
    ],
    [
      'an unchanged record that differs now',
      'same',
      world => edit(world, 'same', { LastName: 'Edited' }),
      'the plan was unchanged of ID, and now it would be update of ID (LastName)',
    ],
    [
      'a record that was deleted, and would be created',
      'changed',
      world => void world.org.records.splice(1, 1),
      'the plan was update of ID (LastName), and now it would be create',
    ],
    [
      'a record that appeared',
      'absent',
      world => void world.org.add({ LastName: 'Absent', FirstName: 'Ann', Loose_Id__c: 'absent' }),
      'the plan was create, and now it would be unchanged of ID',
    ],
    [
      'a second record with the key',
      'changed',
      world => void world.org.add({ LastName: 'Twin', Loose_Id__c: 'changed' }),
      'the plan was update of ID (LastName), and now it would be ambiguous',
    ],
  ])('%s is not sent', async (_, key, edit, reason) => {
    const world = planned({ engine })
    await plan(world)
    edit(world)
    const before = structuredClone(world.org.records.filter(record => record['Loose_Id__c'] === key))
    await load(world)
    const others = { same: 'true', changed: 'true', absent: 'true', other: 'true', twin: 'KEY_AMBIGUOUS' }
    expect(results(world)).toEqual({ ...others, '': 'KEY_BLANK', [key]: 'PLAN_STALE' })
    expect(messageOf(world, key).replaceAll(/003\w{15}/g, 'ID')).toBe(
      `The org has changed since the plan, so the record was not sent: ${reason}. Plan again`,
    )
    expect(world.org.records.filter(record => record['Loose_Id__c'] === key)).toEqual(before)
  })
})

describe.each(ENGINES)('a deletion applied through %s', engine => {
  const DELETE = { ...UPSERT, operation: 'delete', keyField: 'Loose_Id__c', engine } as const
  const { externalIdField: _, ...parts } = DELETE

  test('plan.csv has what is lost, and a record that someone has changed since is not deleted', async () => {
    const world = planned(parts, [row('same', ''), row('changed', ''), row('other', ''), row('absent', '')])
    const { verdicts } = await plan(world)
    expect(verdicts).toMatchObject({ delete: 3, rejected: 1 })
    expect(linesOf(world, 'plan.csv')[1]).toMatchObject({
      verdict: 'delete',
      id: idOf(world, 'changed'),
      changed: '',
      'old.LastName': 'Old',
      'new.LastName': '',
    })
    edit(world, 'changed', { FirstName: '' })
    edit(world, 'other', { LastName: 'Edited' })
    const { tally } = await load(world)
    expect(tally).toMatchObject({ deleted: 1, failed: 3 })
    expect(results(world)).toEqual({
      same: 'true',
      changed: 'PLAN_STALE',
      other: 'PLAN_STALE',
      absent: 'KEY_NOT_FOUND',
    })
    expect(messageOf(world, 'changed')).toContain('FirstName of Contact')
    expect(messageOf(world, 'changed')).toContain('was "Ann" then, and is "" now')
  })
})

test('the form of a value does not count: the plan was read by lists, and the run reads by a query job', async () => {
  const world = planned({
    fields: { LastName: 'last', FirstName: 'first', Loose_Id__c: 'key', Score__c: { value: '7' } },
  })
  for (const record of world.org.records) record['Score__c'] = '12.5'
  await plan(world)
  for (const record of world.org.records) record['Score__c'] = '12.50'
  expect((await load({ ...world, matchLimits: BY_QUERY_JOB })).tally).toMatchObject({ created: 1, updated: 3 })
})
