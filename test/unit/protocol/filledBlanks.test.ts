// existing: fill-blanks. Of a record that the org has only fields are written that are blank there.
import { describe, expect, test } from 'vitest'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, newWorld, plan, type Records, type World } from './memoryLoad.ts'
import { undoing } from './undoing.ts'

const FILL: Partial<SpecParts> = {
  operation: 'update',
  existing: 'fill-blanks',
  keyField: 'Email',
  fields: {
    LastName: 'last',
    FirstName: 'first',
    Email: 'mail',
    Phone: 'phone',
    Visits__c: 'visits',
    HasOptedOutOfEmail: 'out',
  },
  identityFields: ['mail'],
  resultColumns: ['row', 'id', 'outcome', 'errorcode'],
}

const row = (mail: string, first: string, phone: string, visits: string) => ({
  ...{ mail, first, phone, visits },
  ...{ last: 'New', out: 'true' },
})

const ROWS: Records = [
  row('some@x.org', 'Ann, "A"', '555', '7'),
  row('full@x.org', 'Ann', '555', '7'),
  row('bare@x.org', 'Ann', '', '7'),
  row('none@x.org', 'Ann', '555', '7'),
]

/** One record lacks two fields, one lacks none, and one has nothing but its name and a checkbox that is clear. */
function newRun(parts: Partial<SpecParts> = {}, rows = ROWS, matchLimits: MatchLimits = MATCH_LIMITS): World {
  const world = newWorld(rows, { ...FILL, ...parts })
  const add = (mail: string, record: Readonly<Record<string, string>>) =>
    world.org.add({
      LastName: 'Old',
      Email: mail,
      Loose_Id__c: mail,
      HasOptedOutOfEmail: 'false',
      ...record,
    })
  add('some@x.org', { FirstName: '', Phone: '111', Visits__c: '' })
  add('full@x.org', { FirstName: 'Bob', Phone: '111', Visits__c: '0' })
  add('bare@x.org', {})
  return { ...world, matchLimits }
}

const results = (world: World) =>
  linesOf(world, 'results.csv').map(line =>
    [line['row'], line['outcome'], line['id'], line['errorcode']].filter(Boolean).join(' '),
  )

const idOf = ({ org }: World, place: number) => org.records[place]?.['Id'] ?? ''

const shown = ({ org }: World) =>
  org.records.map(record =>
    ['LastName', 'FirstName', 'Phone', 'Visits__c', 'HasOptedOutOfEmail'].map(name => record[name] ?? '').join(' '),
  )

const FILLED = ['Old Ann, "A" 111 7 false', 'Old Bob 111 0 false', 'Old Ann  7 false']

const READINGS = [
  ['lists', MATCH_LIMITS],
  ['a query job, two records at a time', BY_QUERY_JOB],
] as const

describe.each(ENGINES)('through %s', engine => {
  test.each(READINGS)('an update writes only what is blank, of records found by %s', async (_, limits) => {
    const world = newRun({ engine }, ROWS, limits)
    const { tally } = await load(world)
    expect(tally).toEqual({ created: 0, updated: 2, deleted: 0, unchanged: 1, failed: 1, inDoubt: 0 })
    expect(results(world)).toEqual([
      `1 updated ${idOf(world, 0)}`,
      `2 unchanged ${idOf(world, 1)}`,
      `3 updated ${idOf(world, 2)}`,
      '4 failed KEY_NOT_FOUND',
    ])
    expect(shown(world)).toEqual(FILLED)
    expect(linesOf(world, chunkFiles(1, 1).csv)).toEqual([
      { ...EMPTY, Id: idOf(world, 0), FirstName: 'Ann, "A"', Visits__c: '7' },
      { ...EMPTY, Id: idOf(world, 2), FirstName: 'Ann', Visits__c: '7' },
    ])
  })

  test('an update by Id writes only what is blank', async () => {
    const { org } = newRun()
    const rows = ROWS.slice(0, 3).map((values, index) => ({ ...values, id: org.records[index]?.['Id'] ?? '' }))
    const { keyField: _, ...common } = FILL
    const { Email: _mail, ...others } = FILL.fields ?? {}
    const world = { ...newWorld(rows, { ...common, fields: { ...others, Id: 'id' }, engine }), org }
    expect((await load(world)).tally).toMatchObject({ updated: 2, unchanged: 1, failed: 0 })
    expect(shown(world)).toEqual(FILLED)
  })

  test.each(['all', 'changed'] as const)('a second run writes nothing, with send: %s', async send => {
    const first = newRun({ engine, send }, ROWS.slice(0, 3))
    await load(first)
    const second = { ...newWorld(ROWS.slice(0, 3), { ...FILL, engine, send }), org: first.org }
    const before = first.org.calls.length
    expect((await load(second)).tally).toMatchObject({ updated: 0, unchanged: 3 })
    expect(first.org.calls.slice(before)).toEqual([])
  })

  test('a blank value clears nothing, and rejects no row', async () => {
    const rows = [row('some@x.org', '', '', '7'), { ...row('full@x.org', '', '', ''), last: '' }]
    const world = newRun({ blank: 'clear', engine }, rows)
    expect((await load(world)).tally).toMatchObject({ updated: 1, unchanged: 1, failed: 0 })
    expect(shown(world).slice(0, 2)).toEqual(['Old  111 7 false', 'Old Bob 111 0 false'])
  })

  test('a blank value of a required field rejects no row of an upsert: the record that is there has one', async () => {
    const { keyField: _, ...common } = FILL
    const { Email: _mail, ...others } = FILL.fields ?? {}
    const parts = { ...common, operation: 'upsert', externalIdField: 'Loose_Id__c', blank: 'clear', engine } as const
    const rows = [{ ...row('some@x.org', '', '', '7'), last: '' }]
    const own = newWorld(rows, { ...parts, fields: { Loose_Id__c: 'mail', ...others } })
    own.org.records.push(...newRun().org.records)
    expect((await load(own)).tally).toMatchObject({ updated: 1, failed: 0 })
  })

  test('an upsert fills the records that its External ID finds, and creates whole ones', async () => {
    const { keyField: _, ...common } = FILL
    const { Email: _mail, ...others } = FILL.fields ?? {}
    const fields = { Loose_Id__c: 'mail', ...others }
    const own = newWorld(ROWS, { ...common, operation: 'upsert', externalIdField: 'Loose_Id__c', fields, engine })
    own.org.records.push(...newRun().org.records)
    const { tally } = await load(own)
    expect(tally).toEqual({ created: 1, updated: 2, deleted: 0, unchanged: 1, failed: 0, inDoubt: 0 })
    expect(shown(own)).toEqual([...FILLED, 'New Ann 555 7 true'])
    expect(linesOf(own, chunkFiles(1, 1).csv)[0]).toEqual({
      ...{ Loose_Id__c: 'some@x.org', LastName: '', FirstName: 'Ann, "A"', Phone: '' },
      ...{ Visits__c: '7', HasOptedOutOfEmail: '' },
    })
  })

  test('an undo clears what the run has filled, where the org still holds it', async () => {
    const world = newRun({ engine, undo: true }, ROWS.slice(0, 3))
    await load(world)
    const [, , bare] = world.org.records
    if (bare !== undefined) bare['FirstName'] = 'Edited'
    const undo = await undoing(world)
    await load(undo)
    // The scripted org keeps a field that is cleared as the engine writes it.
    const cleared = engine === 'bulk' ? '#N/A' : 'null'
    expect(shown(world)).toEqual([`Old ${cleared} 111 ${cleared} false`, 'Old Bob 111 0 false', 'Old Edited  7 false'])
    expect(results(undo)).toEqual([`1 updated ${idOf(world, 0)}`, '2 failed UNDO_CONFLICT'])
  })
})

const EMPTY = { LastName: '', FirstName: '', Phone: '', Visits__c: '', HasOptedOutOfEmail: '' }

test('a plan shows the fields that are filled, and a record of which one was filled since is not sent', async () => {
  const world = asPlan(newRun({}, ROWS.slice(0, 3)))
  const { verdicts, changedFields } = await plan(world)
  expect(verdicts).toMatchObject({ update: 2, unchanged: 1, create: 0 })
  expect(changedFields).toEqual([
    { field: 'FirstName', records: 2 },
    { field: 'Visits__c', records: 2 },
  ])
  expect(linesOf(world, 'plan.csv')[0]).toMatchObject({
    ...{ verdict: 'update', changed: 'FirstName;Visits__c', 'old.FirstName': '', 'new.FirstName': 'Ann, "A"' },
    ...{ 'old.Phone': '', 'new.Phone': '', 'new.Visits__c': '7' },
  })
  const [some] = world.org.records
  if (some !== undefined) some['Visits__c'] = '1'
  await load(world)
  expect(results(world)).toEqual([
    '1 failed PLAN_STALE',
    `2 unchanged ${idOf(world, 1)}`,
    `3 updated ${idOf(world, 2)}`,
  ])
  expect(shown(world)[0]).toBe('Old  111 1 false')
})
