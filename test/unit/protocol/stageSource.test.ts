// The source of a run is checked before anything is sent.
import { expect, test } from 'vitest'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { streamOf } from '../sources/tables.ts'
import { dependenciesOf, linesOf, load, newWorld, RUN_ID, stepOf, type World } from './memoryLoad.ts'

const worldOf = (parts: Partial<SpecParts> = {}): World => newWorld([{ last: '' }], parts)

function stage(world: World, csv: string) {
  const openSource: Parameters<typeof stageSource>[0]['openSource'] = async (_, { onBytes }) => {
    await onBytes(Buffer.from(csv))
    return readCsv(streamOf(csv))
  }
  return stageSource({ ...dependenciesOf(world), openSource }, { runId: RUN_ID }, stepOf())
}

const FIELDS = { LastName: 'last', Email: 'email' }

test.each<readonly [string, Partial<SpecParts>, string, RegExp]>([
  [
    'a column that the header lacks',
    {},
    'name,x\nDoe,1\n',
    /The source CSV \(header "name", "x", delimiter ","\): 2 problems\n- fields\.LastName: column "last" is not in the header/,
  ],
  ['a header and no records', {}, 'last\n', /no records; nothing was sent/],
  [
    'a source in very many chunks',
    { chunk: { collectionsRecords: 1 } },
    `last\n${'Doe\n'.repeat(10_001)}`,
    /^The source: it makes more than 10000 chunks; nothing was sent\. Make chunks larger: chunk\.bulkRecords/,
  ],
  [
    'a source in very many chunks of grouped records',
    {
      fields: { LastName: 'last', 'Account.Ext_Id__c': 'account' },
      engine: 'bulk',
      chunk: { bulkRecords: 1 },
      upload: 'after-checks',
    },
    `last,account\n${'Doe,A\n'.repeat(10_001)}`,
    /^The source: it makes more than 10000 chunks; .*, groupBy: none$/,
  ],
  [
    'more wrong records than allowed',
    { fields: FIELDS, maxRejected: 1 },
    'last,email\n,a@b.example\nDoe,nonsense\nRoe,\n',
    /2 of 3 records can't be sent, maxRejected allows 1; nothing was sent.*row 1: Required fields are missing: \[LastName\].*rejected\.csv/,
  ],
])('%s is rejected in one line', async (_, parts, csv, message) => {
  await expect(stage(worldOf(parts), csv)).rejects.toMatchObject({
    name: 'RunRejectedError',
    message: expect.stringMatching(message),
  })
})

test('a source that was rejected and then corrected is read again', async () => {
  const world = worldOf({ fields: FIELDS, maxRejected: 0 })
  await expect(stage(world, 'last,email\nDoe,\n,b@b.example\n')).rejects.toMatchObject({ name: 'RunRejectedError' })
  expect(linesOf(world, 'rejected.csv')).toHaveLength(1)
  expect(await stage(world, 'email,last\nb@b.example,Roe\n')).toMatchObject({ records: 1, rejected: 0 })
  expect(await stage(world, 'last\nanother source\n')).toMatchObject({ records: 1, rejected: 0 })
})

test('an update by Id ends in a run whose source was rejected when its records were found by a key field', async () => {
  const fields = { LastName: 'last', Id: 'id' }
  const world = newWorld([{ last: 'Ada', id: '003000000000001AAA' }], { operation: 'update', fields })
  world.files.set('chunks/00001.keyed.rows.csv', 'row,last\n1,Zoe\n')
  expect(await load(world)).toMatchObject({ outcome: 'completed_with_rejected', tally: { failed: 1 } })
  expect(linesOf(world, 'results.csv')).toMatchObject([{ last: 'Ada', errorcode: 'ENTITY_IS_DELETED' }])
})

test('of two attempts that read different records, all files are those of one', async () => {
  const world = worldOf({ fields: FIELDS })
  const run = JSON.parse(world.files.get('plan.json') ?? '')
  const source = { uri: 'database:crm', table: 'contacts', shortRows: 'reject', blankValues: [], unchanged: 'load' }
  world.files.set('plan.json', JSON.stringify({ ...run, spec: { ...run.spec, source } }))
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const attempt = (csv: string, afterLastRow: () => Promise<void>) => {
    const openSource: Parameters<typeof stageSource>[0]['openSource'] = async (_, { onBytes }) => {
      await onBytes(Buffer.from(csv))
      return { ...(await readCsv(streamOf(csv))), close: afterLastRow }
    }
    return stageSource({ ...dependenciesOf(world), openSource }, { runId: RUN_ID }, stepOf())
  }
  const later: Promise<unknown>[] = []
  const first = attempt('last,email\nDoe,a@b.example\n', async () => {
    await new Promise<void>(written => {
      const second = attempt('last,email\nRoe,r@b.example\nPoe,p@b.example\n', async () => {
        written()
        await released
      })
      later.push(second)
    })
  })
  const [ended] = await Promise.allSettled([first])
  release()
  await Promise.allSettled(later)
  const staged = JSON.parse(world.files.get('staged.json') ?? '')
  const lasts = linesOf(world, 'chunks/00001.csv').map(({ LastName }) => LastName)
  expect({ lasts, records: staged.records }).toEqual({ lasts: ['Roe', 'Poe'], records: 2 })
  expect(linesOf(world, 'chunks/00001.rows.csv')).toHaveLength(2)
  expect(world.files.get('source')).toContain('Poe')
  expect(ended).toMatchObject({ status: 'rejected', reason: { name: 'StagingTakenError', kind: 'transient' } })
})

test('rows that repeat a key beyond those in memory are rejected, and the source is read once more', async () => {
  const world = newWorld([{ last: '' }], {
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'id', LastName: 'last' },
  })
  const ids = ['a', 'b', 'c', 'd', 'c', 'e', 'a', 'c']
  const csv = `id,last\n${ids.map((id, row) => `${id},Doe ${row + 1}\n`).join('')}`
  let readings = 0
  const openSource: Parameters<typeof stageSource>[0]['openSource'] = async (_, { onBytes }) => {
    readings += 1
    await onBytes(Buffer.from(csv))
    return readCsv(streamOf(csv))
  }
  const dependencies = { ...dependenciesOf(world), openSource }
  const staged = await stageSource(dependencies, { runId: RUN_ID }, stepOf(), { exactKeys: 2, filterKeys: 2 })
  expect({ readings, records: staged.records, rejected: staged.rejected }).toEqual({
    readings: 2,
    records: 8,
    rejected: 3,
  })
  expect(linesOf(world, 'chunks/00001.rows.csv').map(({ row }) => row)).toEqual(['1', '2', '3', '4', '6'])
  const rejected = linesOf(world, 'rejected.results.csv')
  expect(
    rejected.map(({ row, errormessage = '' }) => [row, /is in row (\d+) already/.exec(errormessage)?.[1]]),
  ).toEqual([
    ['5', '3'],
    ['7', '1'],
    ['8', '3'],
  ])
  expect([...world.files.keys()].filter(path => path.startsWith('keys/'))).toEqual([])
})

test('a source that has other records when it is read once more is staged as it was read last', async () => {
  const world = newWorld([{ last: '' }], {
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'id', LastName: 'last' },
  })
  const readings = ['abcdcea', 'xyzabwzwb', 'xyzabwzwb'].map(
    ids => `id,last\n${[...ids].map((id, row) => `${id},Doe ${row + 1}\n`).join('')}`,
  )
  const openSource: Parameters<typeof stageSource>[0]['openSource'] = async (_, { onBytes }) => {
    const csv = readings.shift() ?? ''
    await onBytes(Buffer.from(csv))
    return readCsv(streamOf(csv))
  }
  const dependencies = { ...dependenciesOf(world), openSource }
  const staged = await stageSource(dependencies, { runId: RUN_ID }, stepOf(), { exactKeys: 2, filterKeys: 2 })
  expect({ readings, records: staged.records, rejected: staged.rejected }).toEqual({
    readings: [],
    records: 9,
    rejected: 3,
  })
  expect(linesOf(world, 'chunks/00001.rows.csv').map(({ row }) => row)).toEqual(['1', '2', '3', '4', '5', '6'])
  expect(world.files.get('source')).toContain('w,Doe 8')
})
