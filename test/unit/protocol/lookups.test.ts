// Parents that are found by their values: the records of a load whose parents are contacts of the same org.
import { describe, expect, test } from 'vitest'
import { STAGED_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS } from '../../../loader/protocol/match/matchLimits.ts'
import type { StagedRun } from '../../../loader/protocol/runRecords.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { BY_QUERY_JOB, linesOf, load, newWorld, type Records, type World } from './memoryLoad.ts'

type Lookup = Extract<SpecParts['fields'][string], { readonly lookup: unknown }>

const LOOKUP: Lookup = { lookup: 'Contact', by: 'Loose_Id__c', from: 'boss' }

/** Ada has the key B1, Ben and Bea have B2, and the oldest of these is Bea. */
function worldOf(records: Records, lookup: Partial<Lookup> = {}, parts: Partial<SpecParts> = {}): World {
  const fields = { LastName: 'last', ReportsToId: { ...LOOKUP, ...lookup } }
  const world = newWorld(records, { fields, ...parts })
  for (const [age, [LastName = '', Loose_Id__c = '', FirstName = '']] of [
    ['Ada', 'B1', 'Boss'],
    ['Ben', 'B2', 'Boss'],
    ['Bea', 'b2', 'Boss'],
    ['Cid', 'Zoë', 'None'],
  ].entries()) {
    world.org.add({ LastName, Loose_Id__c, FirstName }, 'someone else', 3_600_000 * (age + 1))
  }
  return world
}

const [ADA, BEN, BEA, CID] = [1, 2, 3, 4].map(number => `003${String(number).padStart(12, '0')}AAA`) as [
  string,
  string,
  string,
  string,
]

const rows = (...bosses: readonly string[]): Records => bosses.map((boss, index) => ({ last: `Row${index + 1}`, boss }))

/** The parent of each record that was created, or why it was rejected, by its last name. */
async function loaded(world: World) {
  await load(world)
  return linesOf(world, 'results.csv').map(({ last, status, errormessage }) => {
    const record = world.org.records.find(one => one['LastName'] === last)
    return status === 'true' ? (record?.['ReportsToId'] ?? '') : errormessage
  })
}

describe.each([
  ['lists', undefined],
  ['a query job', BY_QUERY_JOB],
])('found by %s', (_, matchLimits) => {
  const searched = (world: World): World => (matchLimits === undefined ? world : { ...world, matchLimits })

  test('parents are found whatever the letter case, blanks and the form of composed letters', async () => {
    const world = searched(worldOf(rows('B1', ' b1 ', 'ZOË', 'Zoe\u0308', '')))
    expect(await loaded(world)).toEqual([ADA, ADA, CID, CID, ''])
  })

  test('a record without a parent, or with several, is rejected and nothing else', async () => {
    expect(await loaded(searched(worldOf(rows('B1', 'B9', 'B2'))))).toEqual([
      ADA,
      'Reports To ID: no Contact has Loose_Id__c "B9"; correct it, or set none: blank (column boss)',
      `Reports To ID: 2 Contact records have Loose_Id__c "B2": ${BEN}, ${BEA}; find them by more fields, or set many: first (column boss)`,
    ])
  })

  test('none: blank leaves the field blank, and many: first takes the oldest record', async () => {
    expect(await loaded(searched(worldOf(rows('B9', 'B2', 'B1'), { none: 'blank', many: 'first' })))).toEqual([
      '',
      BEA,
      ADA,
    ])
  })

  test('only records that meet where are parents', async () => {
    expect(await loaded(searched(worldOf(rows('B1', 'Zoë'), { where: "FirstName = 'Boss'" })))).toEqual([
      ADA,
      'Reports To ID: no Contact that meets where has Loose_Id__c "Zoë"; correct it, or set none: blank (column boss)',
    ])
  })

  test('several fields find a parent together', async () => {
    const records = rows('B2', 'B2', 'B2').map((row, index) => ({
      ...row,
      name: ['ben', 'Bea', 'Ada'][index] as string,
    }))
    const lookup = { by: ['LastName', 'Loose_Id__c'], from: ['name', 'boss'] }
    expect(await loaded(searched(worldOf(records, lookup)))).toEqual([
      BEN,
      BEA,
      'Reports To ID: no Contact has LastName "Ada" and Loose_Id__c "B2"; correct it, or set none: blank (column name, boss)',
    ])
  })
})

test('the org is asked once for all records', async () => {
  const world = worldOf(rows(...Array.from({ length: 500 }, (_, index) => `B${index % 2 === 0 ? 1 : 9}`)))
  await load(world)
  expect(world.org.keyQueries).toBe(1)
})

test('a parent is part of the key that finds a record', async () => {
  const records = [{ last: 'Dan', boss: 'B1', first: 'New' }]
  const world = worldOf(
    records,
    {},
    {
      operation: 'update',
      keyField: ['LastName', 'ReportsToId'],
      fields: { LastName: 'last', ReportsToId: LOOKUP, FirstName: 'first' },
    },
  )
  world.org.add({ LastName: 'Dan', ReportsToId: BEN, FirstName: 'Other' })
  world.org.add({ LastName: 'Dan', ReportsToId: ADA, FirstName: 'Old' })
  await load(world)
  expect(world.org.records.filter(one => one['LastName'] === 'Dan').map(one => one['FirstName'])).toEqual([
    'Other',
    'New',
  ])
})

test('all spellings of a parent are in one lane, so that no two jobs lock it', async () => {
  const bosses = Array.from({ length: 90 }, (_, index) => ['B1', ' b1', 'b1 '][index % 3] as string)
  const parts = { engine: 'bulk', chunk: { bulkRecords: 5 }, groupBy: 'ReportsToId' } as const
  const world = worldOf(rows(...bosses), {}, parts)
  await load(world)
  const { chunks } = JSON.parse(world.files.get(STAGED_FILE) ?? '') as StagedRun
  const [first, ...grouped] = chunks.map(({ lane }) => lane)
  expect(first).toBeUndefined()
  expect(new Set(grouped).size).toBe(1)
})

test('each record has its own operation, and its parent', async () => {
  const fields = { LastName: 'last', Ext_Id__c: 'ext', ReportsToId: LOOKUP }
  const parts = { operation: { column: 'op' }, fields, keyField: 'Ext_Id__c', externalIdField: 'Ext_Id__c' } as const
  const records = ['create', 'update', 'upsert', 'upsert', 'delete', 'update'].map((op, index) => ({
    ...{ op, last: `Row${index}`, ext: `E${index}` },
    boss: index === 5 ? 'B9' : 'B1',
  }))
  const world = worldOf(records, {}, parts)
  for (const at of [1, 2, 4, 5]) world.org.add({ LastName: `Row${at}`, Ext_Id__c: `E${at}` })
  const { tally } = await load(world)
  expect(tally).toMatchObject({ created: 2, updated: 2, deleted: 1, failed: 1 })
  const parents = world.org.records.filter(({ Ext_Id__c: key }) => key?.startsWith('E')).map(one => one['ReportsToId'])
  expect(parents).toEqual([ADA, ADA, undefined, ADA, ADA])
})

test('a lookup by a field that very many records share ends before it has read them all', async () => {
  const world = { ...worldOf(rows('B2', 'B1')), matchLimits: { ...MATCH_LIMITS, mostFound: 2 } }
  await expect(load(world)).rejects.toThrow(
    'The search for Contact records: more than 2 have one of the values of Loose_Id__c; nothing was sent. Find them by fields that few records share, or narrow them by where',
  )
})
