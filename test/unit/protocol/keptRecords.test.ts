// existing: keep. A record that the org has already is not sent, and its Id is in the results.
import { describe, expect, test } from 'vitest'
import { chunkFiles, MATCHED_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { CONTACT, field, object, type SpecParts } from '../../rig/describes.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, newWorld, plan, type Records, type World } from './memoryLoad.ts'
import { undoing } from './undoing.ts'

const KEEP: Partial<SpecParts> = {
  operation: 'create',
  existing: 'keep',
  keyField: 'Email',
  fields: { LastName: 'last', FirstName: 'first', Email: 'mail' },
  identityFields: ['mail'],
  resultColumns: ['row', 'id', 'outcome', 'errorcode'],
}

const row = (last: string, mail: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ last, mail, first: 'Ann' },
  ...more,
})

const ROWS: Records = [
  row('New', 'there@x.org'),
  row('New, "quoted"', 'absent@x.org'),
  row('New', 'twin@x.org'),
  row('New', ''),
  row('Again', 'Absent@x.org'),
]

/** The org has one record of the first mail, and two of the third. */
function newRun(parts: Partial<SpecParts> = {}, rows = ROWS, matchLimits: MatchLimits = MATCH_LIMITS): World {
  const world = newWorld(rows, { ...KEEP, ...parts })
  for (const mail of ['THERE@x.org', 'twin@x.org', 'twin@x.org']) {
    world.org.add({ LastName: 'Old', FirstName: 'Open', Email: mail, Loose_Id__c: mail }, 'someone else', 3_600_000)
  }
  return { ...world, matchLimits }
}

const results = (world: World) =>
  linesOf(world, 'results.csv').map(line =>
    [line['row'], line['outcome'], line['id'], line['errorcode']].filter(Boolean).join(' '),
  )

const names = ({ org }: World) => org.records.map(record => `${record['Email']} ${record['LastName']}`)

const idOf = ({ org }: World, place: number) => org.records[place]?.['Id'] ?? ''

const READINGS = [
  ['lists', MATCH_LIMITS],
  ['a query job, two records at a time', BY_QUERY_JOB],
] as const

describe.each(ENGINES)('through %s', engine => {
  test.each(READINGS)('a create sends only the records that the org does not have, found by %s', async (_, limits) => {
    const world = newRun({ engine }, ROWS, limits)
    const { tally } = await load(world)
    expect(tally).toEqual({ created: 1, updated: 0, deleted: 0, unchanged: 1, failed: 3, inDoubt: 0 })
    expect(results(world)).toEqual([
      `1 unchanged ${idOf(world, 0)}`,
      `2 created ${idOf(world, 3)}`,
      '3 failed KEY_AMBIGUOUS',
      '4 failed KEY_BLANK',
      '5 failed KEY_REPEATED',
    ])
    expect(names(world)).toEqual(['THERE@x.org Old', 'twin@x.org Old', 'twin@x.org Old', 'absent@x.org New, "quoted"'])
    expect(world.org.records[3]).toMatchObject({ FirstName: 'Ann' })
  })

  test('a second run of the same source creates nothing', async () => {
    const rows = ROWS.slice(0, 2)
    const first = newRun({ engine }, rows)
    await load(first)
    const second = { ...newWorld(rows, { ...KEEP, engine }), org: first.org }
    const before = first.org.calls.length
    expect((await load(second)).tally).toMatchObject({ created: 0, unchanged: 2, failed: 0 })
    expect(first.org.calls.slice(before)).toEqual([])
  })

  test('several key fields find a record together, of those that meet match.where', async () => {
    const rows = [row('Old', 'there@x.org'), row('Other', 'there@x.org'), row('Old', 'twin@x.org', { first: 'Closed' })]
    const parts = { keyField: ['LastName', 'Email'], match: { where: "FirstName = 'Open'" } }
    const world = newRun({ ...parts, engine }, rows)
    world.org.records.splice(1, 1)
    const [, twin] = world.org.records
    if (twin !== undefined) twin['FirstName'] = 'Closed'
    await load(world)
    expect(results(world)).toEqual([
      `1 unchanged ${idOf(world, 0)}`,
      `2 created ${idOf(world, 2)}`,
      `3 created ${idOf(world, 3)}`,
    ])
  })

  test('an upsert creates what its External ID does not find, and updates nothing', async () => {
    const { keyField: _, ...common } = KEEP
    const fields = { LastName: 'last', Loose_Id__c: 'mail' }
    const parts = { ...common, operation: 'upsert', externalIdField: 'Loose_Id__c', fields, engine } as const
    const world = newWorld(ROWS.slice(0, 3), parts)
    for (const key of ['there@x.org', 'twin@x.org', 'twin@x.org']) world.org.add({ LastName: 'Old', Loose_Id__c: key })
    await load(world)
    expect(results(world)).toEqual([
      `1 unchanged ${idOf(world, 0)}`,
      `2 created ${idOf(world, 3)}`,
      '3 failed KEY_AMBIGUOUS',
    ])
    expect(world.org.records.slice(0, 3).map(record => record['LastName'])).toEqual(['Old', 'Old', 'Old'])
  })

  test('of an operation column it is for creates: an update writes, also what is as it would be written', async () => {
    const rows = [
      row('New', 'there@x.org', { action: 'create' }),
      row('New', 'absent@x.org', { action: 'create' }),
      row('Same', 'same@x.org', { action: 'update' }),
      row('', 'gone@x.org', { action: 'delete' }),
    ]
    const world = newRun({ operation: { column: 'action' }, engine }, rows)
    for (const [LastName, Email] of [
      ['Same', 'same@x.org'],
      ['Gone', 'gone@x.org'],
    ] as const) {
      world.org.add({ LastName, FirstName: 'Ann', Email })
    }
    const { tally } = await load(world)
    expect(tally).toEqual({ created: 1, updated: 1, deleted: 1, unchanged: 1, failed: 0, inDoubt: 0 })
    expect(names(world)).toContain('THERE@x.org Old')
  })

  test('an undo deletes what the run has created, and leaves what it has found', async () => {
    const world = newRun({ engine, undo: true }, ROWS.slice(0, 2))
    await load(world)
    await load(await undoing(world))
    expect(names(world)).toEqual(['THERE@x.org Old', 'twin@x.org Old', 'twin@x.org Old'])
  })
})

test.each(['create', 'upsert'] as const)(
  'a number that the org gives only rounded finds no record, so its %s is rejected: the org may have it',
  async operation => {
    const key = operation === 'create' ? { keyField: 'Number__c' } : { externalIdField: 'Number__c' }
    const number = field('Number__c', { type: 'double', precision: 18, scale: 0, length: 0, externalId: true })
    const describe = object('Contact', [...CONTACT.fields.slice(1), number])
    const { keyField: _, ...common } = KEEP
    const fields = { LastName: 'last', Number__c: 'number' }
    const rows = ['123456789012345678', '12'].map(value => ({ last: 'New', mail: value, number: value }))
    const world = newWorld(rows, { ...common, ...key, operation, fields }, describe)
    world.org.add({ LastName: 'Old', Number__c: '123456789012345680' })
    expect((await load(world)).tally).toMatchObject({ created: 1, failed: 1 })
    expect(results(world)).toEqual(['1 failed KEY_NOT_SEARCHABLE', `2 created ${idOf(world, 1)}`])
    expect(linesOf(world, 'results.csv')[0]?.['errormessage']).toBe(
      'Key field: Contact records cannot be searched for Number__c 123456789012345678, so the org may have this one already; use a text field for such keys',
    )
  },
)

test('records that are left of many chunks are sent in few', async () => {
  const rows = Array.from({ length: 12 }, (_, index) => row('New', `p${index}@x.org`))
  const world = newRun({ chunk: { bulkRecords: 2 }, engine: 'bulk' }, rows)
  for (const { mail = '' } of rows.slice(2)) world.org.add({ LastName: 'Old', Email: mail })
  expect((await load(world)).tally).toMatchObject({ created: 2, unchanged: 10 })
  expect(world.org.jobs).toHaveLength(1)
  expect(linesOf(world, chunkFiles(1, 1).csv)).toEqual(
    [0, 1].map(number => ({ LastName: 'New', FirstName: 'Ann', Email: `p${number}@x.org` })),
  )
})

test('a mirror deletes what its source does not have, and overwrites nothing', async () => {
  const { keyField: _, ...common } = KEEP
  const fields = { LastName: 'last', Loose_Id__c: 'mail' }
  const mirror = { missing: 'delete', scope: "FirstName = 'Open'", maxDeleted: 1, undo: true } as const
  const rows = [row('New', 'there@x.org'), row('New', 'absent@x.org')]
  const parts = { ...common, ...mirror, operation: 'upsert', externalIdField: 'Loose_Id__c', fields } as const
  const world = newWorld(rows, parts)
  for (const key of ['there@x.org', 'gone@x.org'])
    world.org.add({ LastName: 'Old', FirstName: 'Open', Loose_Id__c: key })
  const { tally } = await load(world)
  expect(tally).toEqual({ created: 1, updated: 0, deleted: 1, unchanged: 1, failed: 0, inDoubt: 0 })
  expect(world.org.records.map(record => record['LastName'])).toEqual(['Old', 'New'])
})

test('the search reads the keys, and none of the values', async () => {
  const world = newRun({}, ROWS, BY_QUERY_JOB)
  await load(world)
  expect(world.org.queries.jobs.map(({ fields }) => fields)).toEqual([['Id', 'Email']])
  expect(JSON.parse(world.files.get(MATCHED_FILE) ?? '{}')).toMatchObject({ searches: [{ field: 'Email', by: 'job' }] })
})

test('a plan shows what is created and what is there, and a record that appears later is not created', async () => {
  const world = asPlan(newRun({}, [...ROWS.slice(0, 3), row('Late', 'late@x.org')]))
  const { verdicts } = await plan(world)
  expect(verdicts).toEqual({ create: 2, update: 0, unchanged: 1, delete: 0, ambiguous: 1, rejected: 0 })
  expect(linesOf(world, 'plan.csv').map(({ verdict, operation, id }) => [verdict, operation, id])).toEqual([
    ['unchanged', 'create', idOf(world, 0)],
    ['create', 'create', ''],
    ['ambiguous', 'create', ''],
    ['create', 'create', ''],
  ])
  const late = world.org.add({ LastName: 'Someone', Email: 'late@x.org' }, 'someone else')
  await load(world)
  expect(results(world)).toEqual([
    `1 unchanged ${idOf(world, 0)}`,
    `2 created ${idOf(world, 4)}`,
    '3 failed KEY_AMBIGUOUS',
    '4 failed PLAN_STALE',
  ])
  expect(linesOf(world, 'results.csv')[3]?.['errormessage']).toContain(
    `the plan was create, and now it would be unchanged of ${late}`,
  )
})

test('a record that was there before is not taken for a create whose answer was lost', async () => {
  const rows = [row('Doe', 'doe@x.org')]
  const world = newRun({ match: { where: "FirstName = 'Open'" } }, rows)
  // It has every value that is sent, the integration user has created it, and match.where leaves it out.
  world.org.add({ LastName: 'Doe', FirstName: 'Ann', Email: 'doe@x.org' }, undefined, 60_000)
  world.org.script.createRecords = ['lostBefore']
  expect((await load(world)).tally).toMatchObject({ created: 1, unchanged: 0, inDoubt: 0 })
  expect(results(world)).toEqual([`1 created ${idOf(world, 4)}`])
})
