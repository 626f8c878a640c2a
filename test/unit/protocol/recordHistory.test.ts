// What a run did to one record, by the index of the run and by its results.
import { describe, expect, test } from 'vitest'
import { findRecord } from '../../../loader/protocol/history/findRecord.ts'
import { INDEX_FILES, PLAN_REPORT_FILE, REPORT_FILE } from '../../../loader/protocol/layout.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { dependenciesOf, load, newWorld, type Records, type World } from './memoryLoad.ts'

const find = (world: World, value: string) => findRecord(dependenciesOf(world).runStore(), world.runId, value)

const outcomes = async (world: World, value: string) =>
  (await find(world, value))?.map(({ row, outcome, errorCode }) => [row, outcome, errorCode])

/** Enough records for an index. Some are rejected before sending, some by the org, one lock passes. */
function manyRecords(count: number): Records {
  return Array.from({ length: count }, (_, index) => ({
    last: index % 97 === 3 ? `Invalid ${index}` : `Name "${index}", Sr.`,
    email: index % 101 === 7 ? 'not an address' : `Person.${index}@Example.com`,
    ext: `K${index}`,
    title: index === 40 ? ' ' : 'Title',
  }))
}

const PARTS: Partial<SpecParts> = {
  operation: 'upsert',
  externalIdField: 'Ext_Id__c',
  fields: { LastName: 'last', Email: 'email', Ext_Id__c: 'ext' },
  identityFields: ['last', 'email'],
  chunk: { collectionsRecords: 400, bulkRecords: 400 },
}

describe.each(['collections', 'bulk'] as const)('a run of many records through %s', engine => {
  test('finds a record by its Id, an identity field and its key, and gives the same without its index', async () => {
    const world = newWorld(manyRecords(1_300), { ...PARTS, engine })
    await load(world)
    expect(world.files.has(INDEX_FILES.note)).toBe(true)
    const id = String(world.org.records.find(one => one['Ext_Id__c'] === 'K811')?.['Id'])
    const asked = [
      'Name "811", Sr.',
      ' person.811@example.COM',
      'k811',
      id,
      id.slice(0, 15),
      'Invalid 100',
      'K100',
      'not an address',
      'Title',
      'nothing',
    ]
    const byIndex = await Promise.all(asked.map(value => find(world, value)))
    expect(byIndex.map(results => results?.map(({ row }) => row))).toEqual([
      ...[[812], [812], [812], [812], [812], [101], [101]],
      Array.from({ length: 13 }, (_, index) => 8 + 101 * index),
      ...[[], []],
    ])
    expect(byIndex[0]?.[0]).toMatchObject({
      outcome: 'created',
      id,
      identity: ['Name "811", Sr.', 'Person.811@Example.com'],
    })
    for (const path of Object.values(INDEX_FILES)) world.files.delete(path)
    expect(await Promise.all(asked.map(value => find(world, value)))).toEqual(byIndex)
  })
})

test('the result of a record that was sent several times is that of its last attempt', async () => {
  const world = newWorld([...manyRecords(1_100), { last: 'Locked', email: '', ext: 'L', title: '' }], PARTS)
  world.org.locks = 2
  await load(world)
  expect(await outcomes(world, 'locked')).toEqual([[1_101, 'created', '']])
})

test('a record that several key fields find together is found by each of them', async () => {
  const records = Array.from({ length: 1_100 }, (_, at) => ({ last: `P${at % 550}`, mail: `m${at}@x.org`, title: 'x' }))
  const parts: Partial<SpecParts> = {
    operation: 'update',
    keyField: ['LastName', 'Email'],
    identityFields: ['title'],
  }
  const world = newWorld(records, { ...parts, fields: { LastName: 'last', Email: 'mail', Phone: 'title' } })
  for (const { last, mail } of records) world.org.add({ LastName: last, Email: mail })
  await load(world)
  expect(world.files.has(INDEX_FILES.note)).toBe(true)
  expect(await outcomes(world, 'p7')).toEqual([
    [8, 'updated', ''],
    [558, 'updated', ''],
  ])
  expect(await outcomes(world, 'M557@x.org')).toEqual([[558, 'updated', '']])
})

test('a record is found by its value in the source and by the key that it becomes', async () => {
  const records = Array.from({ length: 1_100 }, (_, at) => ({ last: `P${at}`, ext: `K${at}`, title: 'x' }))
  const ext = { column: 'ext', values: { K7: 'Seven' }, unlisted: 'keep' as const }
  const fields = { LastName: 'last', Ext_Id__c: ext }
  const world = newWorld(records, { ...PARTS, fields, identityFields: ['ext'] })
  await load(world)
  expect(world.files.has(INDEX_FILES.note)).toBe(true)
  expect(world.org.records[7]).toMatchObject({ Ext_Id__c: 'Seven' })
  for (const value of ['k7', 'seven']) expect(await outcomes(world, value)).toEqual([[8, 'created', '']])
})

test('records that share a value are all found', async () => {
  const records = Array.from({ length: 1_200 }, (_, index) => ({
    last: index % 400 === 1 ? 'Twin' : `P${index}`,
    title: 'x',
  }))
  const world = newWorld(records, {})
  await load(world)
  expect(await outcomes(world, 'Twin')).toEqual([
    [2, 'created', ''],
    [402, 'created', ''],
    [802, 'created', ''],
  ])
})

test('a value of any length and with any character is found', async () => {
  const long = `${'ü'.repeat(3_000)} "quoted"\nand ${'x'.repeat(9_000)}`
  const world = newWorld([...manyRecords(1_000), { last: 'Invalid', email: '', ext: long, title: '' }], {
    ...PARTS,
    identityFields: ['last', 'ext'],
  })
  await load(world)
  expect((await find(world, long))?.map(({ identity }) => identity)).toEqual([['Invalid', long]])
})

test('a small run has no index, and is read from its results', async () => {
  const world = newWorld([{ last: 'Ada' }, { last: 'Invalid' }], { fields: { LastName: 'last' } })
  await load(world)
  expect([...world.files.keys()].filter(path => path.startsWith('index/'))).toEqual([])
  expect(await outcomes(world, 'invalid')).toEqual([[2, 'failed', 'REQUIRED_FIELD_MISSING']])
})

test('a run that has not ended has no answer yet, and a plan has done nothing', async () => {
  const world = newWorld([{ last: 'Ada' }], { fields: { LastName: 'last' } })
  expect(await find(world, 'Ada')).toEqual([])
  await load(world)
  world.files.delete(REPORT_FILE)
  expect(await find(world, 'Ada')).toBeUndefined()
  world.files.set(PLAN_REPORT_FILE, '{}')
  expect(await find(world, 'Ada')).toEqual([])
})
