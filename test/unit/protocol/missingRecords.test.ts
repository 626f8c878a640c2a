// A mirror: records of the org in the scope that the source does not have.
import { describe, expect, test } from 'vitest'
import { chunkFiles, MISSING_FILE } from '../../../loader/protocol/layout.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { CONTACT, field, object, type SpecParts } from '../../rig/describes.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, newWorld, plan, type Records, stage, type World } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const MIRROR: Partial<SpecParts> = {
  operation: 'upsert',
  externalIdField: 'Loose_Id__c',
  fields: { LastName: 'last', FirstName: 'first', Loose_Id__c: 'key' },
  identityFields: ['key', 'last', 'note'],
  resultColumns: ['row', 'operation', 'outcome', 'id', 'errorcode'],
  chunk: { bulkRecords: 2, collectionsRecords: 2 },
  missing: 'delete',
  scope: "LeadSource = 'Web'",
  maxDeleted: 3,
}

const row = (key: string, last: string) => ({ key, last, first: 'Ann', note: 'n' })

const ROWS: Records = [row('k1', 'One'), row('k2', 'Two'), row('new', 'New')]

/** Of the scope k1 and k2 are in the source, and k3, k4 and one without a key are not. One record is not in the scope. */
function mirror(parts: Partial<SpecParts> = {}, rows = ROWS): World {
  const world = newWorld(rows, { ...MIRROR, ...parts })
  const add = (Loose_Id__c: string | undefined, LastName: string, LeadSource: string) =>
    world.org.add(
      { ...(Loose_Id__c && { Loose_Id__c }), LastName, FirstName: 'Ann', LeadSource },
      'someone else',
      3_600_000,
    )
  add('k1', 'One', 'Web')
  add('k2', 'Old', 'Web')
  add('k3', 'Three', 'Web')
  add('k9', 'Other', 'Phone')
  add('k4', 'Four', 'Web')
  add(undefined, 'Keyless', 'Web')
  return world
}

const names = ({ org }: World) => org.records.map(record => record['LastName'])

const binned = ({ org }: World) => org.recycleBin.map(record => record['LastName'])

const results = (world: World) =>
  linesOf(world, 'results.csv').map(line =>
    ['row', 'key', 'last', 'operation', 'outcome'].map(name => line[name]).join(),
  )

describe.each(ENGINES)('through %s', engine => {
  test.each([
    ['a query', {}],
    ['a query job', { matchLimits: BY_QUERY_JOB }],
  ])('missing records are deleted, and are rows after those of the source, found by %s', async (_, limits) => {
    const world = { ...mirror({ engine }), ...limits }
    const report = await load(world)
    expect(report).toMatchObject({
      ...{ records: 6, missing: { action: 'delete', found: 3, inScope: 5 }, warnings: [] },
      tally: { created: 1, updated: 2, deleted: 3, failed: 0 },
    })
    expect(names(world)).toEqual(['One', 'Two', 'Other', 'New'])
    expect(binned(world)).toEqual(['Three', 'Four', 'Keyless'])
    expect(results(world)).toEqual([
      '1,k1,One,upsert,updated',
      '2,k2,Two,upsert,updated',
      '3,new,New,upsert,created',
      '4,k3,Three,delete,deleted',
      '5,k4,Four,delete,deleted',
      '6,,Keyless,delete,deleted',
    ])
  })

  test('a missing record has no identity where the source has other values than the org', async () => {
    const key = { column: 'key', values: { one: 'k1', two: 'k2' }, unlisted: 'keep' as const }
    const rows = [row('one', 'One'), row('TWO', 'Two'), row('new', 'New')]
    const world = mirror({ engine, fields: { LastName: 'last', FirstName: 'first', Loose_Id__c: key } }, rows)
    await load(world)
    expect(results(world)).toEqual([
      '1,one,One,upsert,updated',
      '2,TWO,Two,upsert,updated',
      '3,new,New,upsert,created',
      ...['4,,Three', '5,,Four', '6,,Keyless'].map(line => `${line},delete,deleted`),
    ])
  })

  test('a worker that is killed after each effect deletes exactly the missing records', async () => {
    for (let effects = 1, isKilled = true; isKilled; effects += 1) {
      const world = mirror({ engine })
      isKilled = await load(world, new SimulatedWorker(effects)).then(
        () => false,
        error => error instanceof WorkerKilledError,
      )
      const { tally } = await load(world)
      expect({ effects, tally, names: names(world) }).toMatchObject({
        ...{ effects, tally: { deleted: 3, failed: 0 }, names: ['One', 'Two', 'Other', 'New'] },
      })
    }
  })

  test('missing records get the values of an update', async () => {
    const fields = {
      LastName: 'last',
      FirstName: 'first',
      Loose_Id__c: 'key',
      HasOptedOutOfEmail: 'out',
      Phone: 'phone',
    }
    const missingFields = { hasOptedOutOfEmail: { value: true }, Phone: { value: '' } }
    const rows = ROWS.map(one => ({ ...one, out: 'false', phone: '' }))
    const world = mirror({ engine, fields, missing: 'update', missingFields, maxDeleted: 0, undo: true }, rows)
    for (const record of world.org.records) record['Phone'] = '1'
    const { tally } = await load(world)
    expect(tally).toMatchObject({ created: 1, updated: 5, deleted: 0, failed: 0 })
    const [, , third, other] = world.org.records
    expect(third).toMatchObject({ LastName: 'Three', FirstName: 'Ann', HasOptedOutOfEmail: 'true' })
    expect(other).not.toHaveProperty('HasOptedOutOfEmail')
    expect(linesOf(world, chunkFiles(3, 1).before)[0]).toMatchObject({ row: '4', LastName: 'Three', Phone: '1' })
  })
})

test.each([['a query', {}] as const, ['a query job', { matchLimits: BY_QUERY_JOB }] as const])(
  'a record is missing when no row has all of its key fields, found by %s',
  async (_, limits) => {
    const { externalIdField: _key, ...parts } = MIRROR
    const keyField = ['LastName', 'Loose_Id__c']
    const rows = [row('K1', 'One'), row('k2', 'Two'), row('k3', 'three'), row('k4', '')]
    const world = newWorld(rows, { ...parts, operation: 'update', keyField, missing: 'report', maxDeleted: 0 })
    world.org.records.push(...mirror().org.records)
    expect(await load({ ...world, ...limits })).toMatchObject({
      missing: { found: 3, inScope: 5 },
      tally: { updated: 2, failed: 2 },
    })
    expect(linesOf(world, MISSING_FILE).map(line => [line['LastName'], line['Loose_Id__c']])).toEqual([
      ['Old', 'k2'],
      ['Four', 'k4'],
      ['Keyless', ''],
    ])
  },
)

test('missing records are only reported, with the keys and Ids in a file', async () => {
  const world = mirror({ missing: 'report', maxDeleted: 0 })
  const report = await load(world)
  expect(report).toMatchObject({
    ...{ records: 3, tally: { deleted: 0 } },
    missing: { action: 'report', found: 3, inScope: 5, file: `memory:run/${MISSING_FILE}` },
    warnings: [`The source does not have 3 of the 5 Contact records in the scope: memory:run/${MISSING_FILE}`],
  })
  expect(linesOf(world, MISSING_FILE).map(line => line['Loose_Id__c'])).toEqual(['k3', 'k4', ''])
  expect(binned(world)).toEqual([])
})

test.each([
  ['without a number', { maxDeleted: undefined }, '0'],
  ['with a smaller number', { maxDeleted: 2 }, '2'],
])('more missing records than maxDeleted allows (%s) fail the run before anything is sent', async (_, parts, most) => {
  const { maxDeleted: _most, ...others } = MIRROR
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
  const world = mirror({ ...others, ...given })
  if (parts.maxDeleted === undefined) {
    const run = JSON.parse(world.files.get('plan.json') ?? '') as { spec: object }
    world.files.set('plan.json', JSON.stringify({ ...run, spec: { ...run.spec, maxDeleted: 0 } }))
  }
  await expect(load(world)).rejects.toThrow(
    `The load into Contact: the source does not have 3 of the 5 records in the scope, and maxDeleted allows to delete ${most}; nothing was sent`,
  )
  expect(world.org.calls).toEqual([])
})

test('the record of a row that is rejected is not missing', async () => {
  const rows = [row('k1', 'One'), row('k2', 'Two'), row('k3', 'x'.repeat(300)), row('k4', 'Four'), row('K4', 'Again')]
  const world = mirror({ maxDeleted: 1 }, rows)
  expect(await load(world)).toMatchObject({ tally: { updated: 3, deleted: 1, failed: 2 }, missing: { found: 1 } })
  expect(binned(world)).toEqual(['Keyless'])
})

test('a row without a key that can be read stops a mirror that changes records', async () => {
  const rows = [...ROWS, row('', 'Unkeyed'), row('k3', 'Three')]
  await expect(stage(mirror({}, rows))).rejects.toThrow(
    'The source inline: 1 of 5 records have no key that can be read (the first is row 4), so it is not known which records of the org are missing, ' +
      'and missing is delete; nothing was sent. Correct these rows, or set missing: report',
  )
  const world = mirror({ missing: 'report' }, rows)
  expect(await load(world)).toMatchObject({ missing: { found: 2 } })
})

test('a source whose records are all rejected stops a mirror that changes records', async () => {
  const rows = ['k1', 'k2'].map(key => row(key, 'x'.repeat(300)))
  await expect(stage(mirror({}, rows))).rejects.toThrow(
    'The source inline: all 2 records are rejected, and missing is delete; nothing was sent. Correct the source, or set missing: report',
  )
})

test('an empty source is rejected', async () => {
  await expect(stage(mirror({}, []))).rejects.toThrow('The source inline is empty: no record')
})

test('a record that several rows could mean by an ambiguous key is not missing', async () => {
  const { externalIdField: _, ...parts } = MIRROR
  const fields = { LastName: 'last', FirstName: 'first', Email: 'key' }
  const world = newWorld([row('twin@x.org', 'Twin')], { ...parts, operation: 'update', keyField: 'Email', fields })
  for (const [Email, LastName] of [
    ['twin@x.org', 'A'],
    ['TWIN@x.org', 'B'],
    ['gone@x.org', 'C'],
  ] as const)
    world.org.add({ Email, LastName, LeadSource: 'Web' })
  expect(await load(world)).toMatchObject({ tally: { deleted: 1, failed: 1 } })
  expect(binned(world)).toEqual(['C'])
})

test('by Id, ids of 15 characters are those of the records', async () => {
  const { externalIdField: _, ...parts } = MIRROR
  const rows = [row('003000000000001', 'One')]
  const world = newWorld(rows, { ...parts, operation: 'update', fields: { LastName: 'last', Id: 'key' } })
  for (const LastName of ['Old', 'Gone']) world.org.add({ LastName, LeadSource: 'Web' })
  expect(await load(world)).toMatchObject({ tally: { updated: 1, deleted: 1, failed: 0 } })
  expect([names(world), binned(world)]).toEqual([['One'], ['Gone']])
})

describe('a plan', () => {
  test('shows the missing records with their values, also more than may be deleted', async () => {
    const world = asPlan(mirror({ maxDeleted: 2 }))
    const report = await plan(world)
    expect(report).toMatchObject({
      ...{ records: 6, verdicts: { create: 1, update: 1, unchanged: 1, delete: 3 } },
      warnings: [
        'The source does not have 3 of the 5 Contact records in the scope, and maxDeleted allows to delete 2: a run would send nothing',
      ],
    })
    expect(linesOf(world, 'plan.csv')[3]).toMatchObject({
      ...{ row: '4', verdict: 'delete', operation: 'delete', key: 'k3', 'old.LastName': 'Three', 'new.LastName': '' },
    })
    await expect(load(world)).rejects.toThrow('maxDeleted allows to delete 2; nothing was sent')
  })

  test('is applied to records that are still as they were, and to no other', async () => {
    const world = asPlan(mirror({ maxDeleted: 3 }))
    await plan(world)
    const [, , third, , fourth] = world.org.records
    Object.assign(third ?? {}, { LeadSource: 'Phone' })
    Object.assign(fourth ?? {}, { LastName: 'Changed' })
    world.org.add({ LastName: 'Later', LeadSource: 'Web', Loose_Id__c: 'k7' })
    expect(await load(world)).toMatchObject({ tally: { deleted: 1, failed: 2 } })
    expect(binned(world)).toEqual(['Keyless'])
    expect(linesOf(world, 'results.csv').map(({ errorcode }) => errorcode)).toEqual([
      '',
      '',
      '',
      'PLAN_STALE',
      'PLAN_STALE',
      '',
    ])
  })
})

test('a record is not missing when the org gives its number only rounded', async () => {
  const describe = object('Contact', [
    ...CONTACT.fields.slice(1),
    field('Number__c', { type: 'double', precision: 18, scale: 0, length: 0 }),
  ])
  const { externalIdField: _, ...parts } = MIRROR
  const keyed = { operation: 'update', keyField: 'Number__c', fields: { LastName: 'last', Number__c: 'key' } } as const
  const world = newWorld([row('12345678901234567', 'New')], { ...parts, ...keyed }, describe)
  world.org.add({ LastName: 'Old', LeadSource: 'Web', Number__c: '12345678901234568' })
  expect(await load(world)).toMatchObject({ missing: { found: 0, inScope: 1 }, tally: { deleted: 0, failed: 1 } })
  expect(names(world)).toEqual(['Old'])
})
