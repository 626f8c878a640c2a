// A run that compares: what the org holds decides what is sent.
import { describe, expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { chunkFiles, MATCHED_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { matchRecords } from '../../../loader/protocol/match/matchRecords.ts'
import type { MatchedRecords } from '../../../loader/protocol/staged.ts'
import { RunFileMissingError } from '../../../loader/storage/errors.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { CONTACT, field, object, type SpecParts } from '../../rig/describes.ts'
import {
  BY_QUERY_JOB,
  dependenciesOf,
  linesOf,
  load,
  newWorld,
  type Records,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

const CHANGED: Partial<SpecParts> = {
  operation: 'update',
  keyField: 'Email',
  fields: { LastName: 'last', FirstName: 'first', Email: 'mail' },
  identityFields: ['mail'],
  resultColumns: ['row', 'id', 'errorcode'],
  send: 'changed',
}

const person = (last: string, first: string, mail: string) => ({ last, first, mail })

const ROWS: Records = [
  person('Same', 'Ann', 'same@x.org'),
  person('New', 'Ben', 'changed@x.org'),
  person('None', 'Cy', 'none@x.org'),
  person('Twin', 'Di', 'twin@x.org'),
  person('Left', '', 'LEFT@x.org'),
]

/** The org has the records of the rows, as they would be written but for a LastName and a blank value. */
function withRecords(world: World): World {
  const add = (LastName: string, FirstName: string, Email: string) => world.org.add({ LastName, FirstName, Email })
  add('Same', 'Ann', 'same@x.org')
  add('Old', 'Ben', 'changed@x.org')
  add('Twin', 'Di', 'twin@x.org')
  add('Twin', 'Di', 'twin@x.org')
  add('Left', 'kept', 'left@x.org')
  return world
}

const newRun = (parts: Partial<SpecParts> = {}, rows = ROWS) => withRecords(newWorld(rows, { ...CHANGED, ...parts }))

const idOf = ({ org }: World, mail: string) => org.records.find(record => record['Email'] === mail)?.['Id'] ?? ''

const matchedOf = ({ files }: World) => JSON.parse(files.get(MATCHED_FILE) ?? '{}') as MatchedRecords

const results = (world: World) =>
  linesOf(world, 'results.csv').map(({ row, status, id, errorcode }) => [row, status, id, errorcode].join(' ').trim())

const READINGS: readonly (readonly [string, MatchLimits])[] = [
  ['lists', MATCH_LIMITS],
  ['a query job', { ...BY_QUERY_JOB, keptRatio: 100 }],
  ['a query job, two records at a time', BY_QUERY_JOB],
]

describe.each(ENGINES)('through %s', engine => {
  test.each(READINGS)('an update by a key field sends only the records that differ, found by %s', async (_, limits) => {
    const world = { ...newRun({ engine }), matchLimits: limits }
    const { tally, outcome } = await load(world)
    expect(tally).toEqual({ created: 0, updated: 1, deleted: 0, unchanged: 2, failed: 2, inDoubt: 0 })
    expect(outcome).toBe('completed_with_rejected')
    expect(results(world)).toEqual([
      `1 true ${idOf(world, 'same@x.org')}`,
      `2 true ${idOf(world, 'changed@x.org')}`,
      '3 error  KEY_NOT_FOUND',
      '4 error  KEY_AMBIGUOUS',
      `5 true ${idOf(world, 'left@x.org')}`,
    ])
    expect(linesOf(world, chunkFiles(1, 1).csv)).toEqual([
      { Id: idOf(world, 'changed@x.org'), LastName: 'New', FirstName: 'Ben' },
    ])
    expect(matchedOf(world).searches).toEqual([
      { field: 'Email', by: limits === MATCH_LIMITS ? 'lists' : 'job', keys: 5 },
    ])
    expect(matchedOf(world).compared).toEqual({
      verdicts: { create: 0, update: 1, unchanged: 2, delete: 0, ambiguous: 1, rejected: 1 },
      changedFields: [{ field: 'LastName', records: 1 }],
      unsent: 2,
    })
  })

  test('an upsert sends the records that differ and those that the org does not have', async () => {
    const { keyField: _, ...common } = CHANGED
    const fields = { LastName: 'last', Loose_Id__c: 'mail' }
    const parts = { ...common, operation: 'upsert', externalIdField: 'Loose_Id__c', fields, engine } as const
    const world = newWorld(ROWS, parts)
    for (const [last, key] of [
      ['Same', 'SAME@x.org'],
      ['Old', 'changed@x.org'],
      ['Twin', 'twin@x.org'],
      ['Twin', 'twin@x.org'],
    ] as const)
      world.org.add({ LastName: last, Loose_Id__c: key })
    const { tally } = await load(world)
    expect(tally).toEqual({ created: 2, updated: 1, deleted: 0, unchanged: 1, failed: 1, inDoubt: 0 })
    expect(linesOf(world, chunkFiles(1, 1).csv).map(line => line['LastName'])).toEqual(['New', 'None', 'Left'])
    expect(results(world)[3]).toBe('4 error  KEY_AMBIGUOUS')
    expect(world.org.records.map(record => record['LastName'])).toEqual(['Same', 'New', 'Twin', 'Twin', 'None', 'Left'])
  })

  test('an update by Id sends only the records that differ', async () => {
    const world = withRecords(newWorld([], { fields: { LastName: 'last' } }))
    const rows = [
      { id: idOf(world, 'same@x.org').slice(0, 15), last: 'Same' },
      { id: idOf(world, 'changed@x.org'), last: 'New' },
      { id: '003000000000999AAA', last: 'None' },
    ]
    const fields = { Id: 'id', LastName: 'last' }
    const run = { ...newWorld(rows, { operation: 'update', fields, send: 'changed', engine }), org: world.org }
    const { tally } = await load(run)
    expect(tally).toMatchObject({ updated: 1, unchanged: 1, failed: 1 })
    expect(linesOf(run, chunkFiles(1, 1).csv)).toEqual([{ Id: idOf(world, 'changed@x.org'), LastName: 'New' }])
  })

  test('a second run sends nothing', async () => {
    const rows = ROWS.filter(({ mail }) => mail !== 'none@x.org' && mail !== 'twin@x.org')
    const world = newRun({ engine }, rows)
    await load(world)
    const second = { ...newWorld(rows, { ...CHANGED, engine }), org: world.org }
    const before = world.org.calls.length
    const { tally, outcome } = await load(second)
    expect({ unchanged: tally.unchanged, outcome }).toEqual({ unchanged: 3, outcome: 'completed' })
    expect(world.org.calls.slice(before)).toEqual([])
  })
})

test('shows the verdict of each record, and what differs', async () => {
  const world = newRun()
  await load(world)
  const [same, changed] = [idOf(world, 'same@x.org'), idOf(world, 'changed@x.org')]
  const lines = world.files.get(chunkFiles(1, 1).plan)?.split('\n') ?? []
  expect(lines).toEqual([
    'row,verdict,operation,id,changed,errorcode,errormessage,mail,old.LastName,new.LastName,old.FirstName,new.FirstName,old.Email,new.Email',
    `1,unchanged,update,${same},,,,same@x.org,,,,,,`,
    `2,update,update,${changed},LastName,,,changed@x.org,Old,New,,,,`,
    '3,rejected,update,,,KEY_NOT_FOUND,Key field: no Contact has Email none@x.org,none@x.org,,,,,,',
    expect.stringMatching(/^4,ambiguous,update,,,KEY_AMBIGUOUS,"Key field: 2 Contact .*",twin@x.org,,,,,,$/),
    `5,unchanged,update,${idOf(world, 'left@x.org')},,,,LEFT@x.org,,,,,,`,
    '',
  ])
})

test('shows the values of records that will be created, in a run of several operations', async () => {
  const rows = [
    { action: 'create', last: 'Fresh', mail: 'fresh@x.org', ext: 'A' },
    { action: 'update', last: 'New', mail: 'changed@x.org', ext: '' },
    { action: 'upsert', last: 'Added', mail: '', ext: 'B' },
  ]
  const fields = { LastName: 'last', Email: 'mail', Ext_Id__c: 'ext' }
  const operation = { column: 'action' }
  const parts = { operation, externalIdField: 'Ext_Id__c', fields, identityFields: [] }
  const world = newRun(parts, rows)
  const { tally } = await load(world)
  expect(tally).toMatchObject({ created: 2, updated: 1 })
  const plan = [1, 2, 3].flatMap(chunk => world.files.get(chunkFiles(chunk, 1).plan)?.split('\n').slice(1, -1) ?? [])
  expect(plan.toSorted()).toEqual([
    '1,create,create,,,,,,Fresh,,fresh@x.org,,A',
    `2,update,update,${idOf(world, 'changed@x.org')},LastName,,,Old,New,,,,`,
    '3,create,upsert,,,,,,Added,,,,B',
  ])
  expect(matchedOf(world).compared?.verdicts).toMatchObject({ create: 2, update: 1 })
})

test('keeps what the org holds of the records that it will overwrite, before anything is sent', async () => {
  const world = newRun({ undo: true, send: 'all', fields: { LastName: 'last', Email: 'mail', FirstName: 'first' } })
  world.org.records[1] = { ...world.org.records[1], FirstName: 'Ben, "the"' }
  await load(world)
  expect(world.files.get(chunkFiles(1, 1).before)).toBe(
    `row,Id,LastName,FirstName\n2,${idOf(world, 'changed@x.org')},Old,"Ben, ""the"""\n`,
  )
  // Unchanged records are sent as well.
  expect(linesOf(world, chunkFiles(1, 1).csv).map(line => line['LastName'])).toEqual(['Same', 'New', 'Left'])
})

test('a run without undo keeps nothing', async () => {
  const world = newRun()
  await load(world)
  expect([...world.files.keys()].filter(path => path.startsWith('before/'))).toEqual([])
})

test('a run that is cancelled before it sends reports unchanged records, and those that were not sent', async () => {
  const world = { ...newRun({ chunk: { collectionsRecords: 2 } }), matchLimits: MATCH_LIMITS }
  await stage(world)
  await matchRecords(dependenciesOf(world), { runId: RUN_ID }, stepOf())
  const ended = { runId: RUN_ID, inlineResults: false, ended: 'cancelled' } as const
  const { tally } = await aggregateResults(dependenciesOf(world), ended, stepOf())
  expect(tally).toEqual({ created: 0, updated: 0, deleted: 0, unchanged: 2, failed: 3, inDoubt: 0 })
  expect(results(world)).toEqual([
    `1 true ${idOf(world, 'same@x.org')}`,
    '2 error  NOT_SENT',
    '3 error  KEY_NOT_FOUND',
    '4 error  KEY_AMBIGUOUS',
    `5 true ${idOf(world, 'left@x.org')}`,
  ])
  // Resumed, it sends the rest.
  expect((await load(world)).tally).toMatchObject({ updated: 1, unchanged: 2, failed: 2 })
})

test('the records that are left of many chunks are sent in few', async () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    person(index % 10 === 0 ? 'New' : 'Old', 'x', `p${index}@x.org`),
  )
  const chunk = { bulkRecords: 4, collectionsRecords: 4 }
  const world = newWorld(rows, { ...CHANGED, chunk, engine: 'bulk', upload: 'after-checks' })
  for (const { mail = '' } of rows) world.org.add({ LastName: 'Old', FirstName: 'x', Email: mail })
  const { tally } = await load(world)
  expect(tally).toMatchObject({ updated: 4, unchanged: 36 })
  expect(matchedOf(world).chunks.map(({ records }) => records)).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  expect(world.org.jobs).toHaveLength(1)
  expect(linesOf(world, chunkFiles(1, 1).rows).map(({ row }) => row)).toEqual(['1', '11', '21', '31'])
})

test.each(['Email', 'Id'])('a deletion by %s keeps what the org holds, and shows what it loses', async keyField => {
  const idOfRecord = (number: number) => `003${String(number).padStart(12, '0')}AAA`
  const rows = [
    { mail: 'changed@x.org', id: idOfRecord(2) },
    { mail: 'none@x.org', id: idOfRecord(99) },
  ]
  const fields = { LastName: 'last', FirstName: 'first', Email: 'mail', ...(keyField === 'Id' ? { Id: 'id' } : {}) }
  const parts = { ...CHANGED, fields, keyField, operation: 'delete', send: 'all', undo: true } as const
  const world = withRecords(
    newWorld(
      rows.map(row => ({ ...row, last: '', first: '' })),
      parts,
    ),
  )
  const id = idOf(world, 'changed@x.org')
  expect(await load(world)).toMatchObject({ tally: { deleted: 1, failed: 1 } })
  expect(results(world)).toEqual([`1 true ${id}`, '2 error  KEY_NOT_FOUND'])
  expect(matchedOf(world).compared).toMatchObject({
    verdicts: { delete: 1, update: 0, rejected: 1 },
    changedFields: [],
  })
  expect(linesOf(world, chunkFiles(1, 1).plan)[0]).toMatchObject({
    ...{ row: '1', verdict: 'delete', operation: 'delete', id, changed: '' },
    ...{ 'old.LastName': 'Old', 'new.LastName': '', 'old.FirstName': 'Ben', 'old.Email': 'changed@x.org' },
  })
  expect(linesOf(world, chunkFiles(1, 1).before)).toEqual([
    { row: '1', Id: id, LastName: 'Old', FirstName: 'Ben', Email: 'changed@x.org' },
  ])
  expect(world.org.recycleBin.map(record => record['Id'])).toEqual([id])
})

test('a chunk that is full is followed by another', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => person('New', 'x', `p${index}@x.org`))
  const world = newWorld(rows, { ...CHANGED, chunk: { bulkRecords: 3 }, engine: 'bulk' })
  for (const [index, { mail = '' }] of rows.entries())
    world.org.add({ LastName: index % 3 === 0 ? 'New' : 'Old', FirstName: 'x', Email: mail })
  const { tally } = await load(world)
  expect(tally).toMatchObject({ updated: 6, unchanged: 3 })
  expect(matchedOf(world).chunks.map(({ records }) => records)).toEqual([3, 3, 0])
})

const GROUPED: Partial<SpecParts> = {
  ...CHANGED,
  fields: { LastName: 'last', Email: 'mail', AccountId: 'account' },
  engine: 'bulk',
  upload: 'after-checks',
  concurrency: 2,
}

/** Records of five accounts in chunks of ten, of which every so many differs. */
function groupedRun(each: number, bulkRecords: number): World {
  const account = (index: number) => `00100000000000${index % 5}AA${'ABCDE'[index % 5]}`.slice(0, 15)
  const rows = Array.from({ length: 90 }, (_, index) => ({
    ...person(index % each === 0 ? 'New' : 'Old', 'x', `p${index}@x.org`),
    account: account(index),
  }))
  const world = newWorld(rows, { ...GROUPED, chunk: { bulkRecords } })
  for (const { mail = '', account: AccountId = '' } of rows) world.org.add({ LastName: 'Old', Email: mail, AccountId })
  return world
}

test('the records that are left of all lanes go into one chunk, in the order of the source, if they are few', async () => {
  const world = groupedRun(7, 15)
  const staged = await stage(world)
  expect(new Set(staged.chunks.map(({ lane }) => lane)).size).toBeGreaterThan(2)
  expect((await load(world)).tally).toMatchObject({ updated: 13, unchanged: 77 })
  const sent = matchedOf(world).chunks.filter(({ records }) => records > 0)
  expect(sent.map(({ chunk, lane, records }) => ({ chunk, lane, records }))).toEqual([
    { chunk: 1, lane: undefined, records: 13 },
  ])
  const rows = linesOf(world, chunkFiles(1, 1).rows).map(({ row }) => Number(row))
  expect(rows).toEqual(Array.from({ length: 13 }, (_, index) => 7 * index + 1))
})

test('the records that are left stay in their lanes if they are too many for one chunk', async () => {
  const world = groupedRun(3, 15)
  await stage(world)
  expect((await load(world)).tally).toMatchObject({ updated: 30, unchanged: 60 })
  const sent = matchedOf(world).chunks.filter(({ records }) => records > 0)
  expect(sent.length).toBeGreaterThan(1)
  const lanes = new Map<string, number | undefined>()
  for (const { chunk, lane } of sent.filter(one => one.lane !== undefined)) {
    for (const { AccountId = '' } of linesOf(world, chunkFiles(chunk, 1).csv)) {
      expect(lanes.get(AccountId) ?? lane).toBe(lane)
      lanes.set(AccountId, lane)
    }
  }
})

test('an attempt that was given up writes what the one that took over has written', async () => {
  const world = { ...newRun({ undo: true }), matchLimits: BY_QUERY_JOB }
  await stage(world)
  const match = () =>
    matchRecords(dependenciesOf(world, new SimulatedWorker()), { runId: RUN_ID }, stepOf(), world.matchLimits)
  let taken: ReadonlyMap<string, string> = new Map()
  world.org.queries.onPage = async () => {
    world.org.queries.onPage = async () => undefined
    await match()
    taken = new Map(world.files)
    world.org.records.length = 0
  }
  await match()
  const decided = [...taken].filter(([path]) => /^(chunks|before)\/|^matched/.test(path))
  expect(decided.length).toBeGreaterThan(6)
  for (const [path, text] of decided) expect([path, world.files.get(path)]).toEqual([path, text])
  expect([...world.files.keys()].filter(path => path.startsWith('match/sorted/'))).toEqual([])
})

test('an attempt whose files another one has removed at its end gives the result of that one', async () => {
  const world = newRun({ undo: true })
  await stage(world)
  const dependencies = dependenciesOf(world)
  const match = (given: Pick<typeof dependencies, 'connection' | 'runStore'>) =>
    matchRecords(given, { runId: RUN_ID }, stepOf(), world.matchLimits)
  const store = dependencies.runStore()
  const overtaken: typeof store = {
    ...store,
    async *blocks(path) {
      if (!/^match\/.*\.csv$/.test(path)) return yield* store.blocks(path)
      await match(dependencies)
      throw new RunFileMissingError(store.location, path)
    },
  }
  const matched = await match({ ...dependencies, runStore: () => overtaken })
  expect(matched).toEqual(matchedOf(world))
  expect((await load(world)).outcome).toBe('completed_with_rejected')
})

/** More fields than a query by list can name. */
function wideRun(): World {
  const custom = Array.from({ length: 400 }, (_, index) => field(`Field_With_A_Long_Name_${index}__c`))
  const describe = object('Contact', [...CONTACT.fields.slice(1), ...custom])
  const fields = { LastName: 'last', Email: 'mail', ...Object.fromEntries(custom.map(({ name }) => [name, 'none'])) }
  const rows = ROWS.map(row => ({ ...row, none: '' }))
  return withRecords(newWorld(rows, { ...CHANGED, fields }, describe))
}

test('reads many fields of few records by a query job', async () => {
  const world = { ...wideRun(), matchLimits: { ...MATCH_LIMITS, firstPoll: 1 } }
  expect((await load(world)).tally).toMatchObject({ updated: 1, unchanged: 2, failed: 2 })
  expect([world.org.count('openQueryJob'), world.org.keyQueries]).toEqual([1, 0])
})

test('names the remedy when many fields can be read neither by a list nor by a job', async () => {
  const world = { ...wideRun(), matchLimits: { ...MATCH_LIMITS, firstPoll: 1 } }
  world.org.queries.ends.push('Failed')
  await expect(load(world)).rejects.toMatchObject({
    name: 'RunRejectedError',
    message: expect.stringMatching(
      /^The search for the Contact records: a query of 403 fields is too long .* map fewer fields/,
    ),
  })
  expect(world.org.calls.filter(call => call !== 'openQueryJob')).toEqual([])
})
