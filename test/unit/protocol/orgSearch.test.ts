// How the records of keys are found in an emulated org: by lists, and by a query job.
import { beforeAll, describe, expect, test } from 'vitest'
import { MATCH_LIMITS } from '../../../loader/protocol/match/matchLimits.ts'
import { AnswerCutError } from '../../../loader/salesforce/errors.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { connectTo, inTurn, ROOT, sendJson, startScriptedOrg } from '../salesforce/scriptedOrg.ts'
import { idsByKey } from './keySearch.ts'

const emulator = await fileEmulator()
const connection = connectToEmulator(emulator)
beforeAll(async () => {
  await connection.createRecords('Contact', [
    { LastName: 'Twin', Email: 'twin@example.com', Score__c: 12, Member_Since__c: '2024-02-29' },
    { LastName: 'Twin', Email: 'twin@example.com', Score__c: 3.5e8 },
    { LastName: 'O\'Neill \\ "Pat"', Email: 'pat@example.com' },
  ])
  await connection.createRecords('Invoice__c', [
    { Title__c: 'x', Legacy_Key__c: 'Ab-1' },
    { Title__c: 'x', Legacy_Key__c: 'aB-1' },
  ])
})

const calls = (operation: string): number => emulator.stats().calls[operation] ?? 0

const BY_LISTS = { jobKeys: Number.POSITIVE_INFINITY }
const BY_JOB = { jobKeys: 1, jobRatio: Number.POSITIVE_INFINITY }

async function find(keyField: string, values: readonly string[], limits = {}, object = 'Contact', where?: string) {
  const { fields } = await connection.describe(object)
  const key = fields.find(({ name }) => name === keyField)
  if (key === undefined) throw new Error(`no field ${keyField}`)
  return idsByKey({ connection, object, key, values, limits, where })
}

describe.each([
  ['lists', BY_LISTS],
  ['a query job', BY_JOB],
  ['a query job of which only the records of keys are kept', { ...BY_JOB, keptRatio: 0 }],
  ['a query job, with one key in memory at a time', { ...BY_JOB, joinedRecords: 1 }],
])('by %s', (_, limits) => {
  test('finds no record, one and several, by the given value', async () => {
    const values = [' CONTACT001@example.com', 'twin@example.com', 'unknown@example.com', '']
    const found = await find('Email', values, limits)
    expect([...found.keys()]).toEqual([' CONTACT001@example.com', 'twin@example.com'])
    expect(found.get(' CONTACT001@example.com')).toHaveLength(1)
    expect(found.get('twin@example.com')).toHaveLength(2)
  })

  test('keeps the case of a case-sensitive field', async () => {
    const found = await find('Legacy_Key__c', ['Ab-1', 'AB-1', 'aB-1'], limits, 'Invoice__c')
    expect([...found.keys()]).toEqual(['Ab-1', 'aB-1'])
    expect(found.get('Ab-1')).not.toEqual(found.get('aB-1'))
  })

  test('compares numbers as numbers and dates as dates', async () => {
    const scores = await find('Score__c', ['12.0', '350000000', 'twelve'], limits)
    expect([...scores.keys()]).toEqual(['12.0', '350000000'])
    const dates = await find('Member_Since__c', ['2024-02-29', '29.02.2024'], limits)
    expect([...dates.keys()]).toEqual(['2024-02-29'])
  })

  test('finds only records that meet the conditions of the sync', async () => {
    const where = "Score__c = 12 OR Email = 'pat@example.com'"
    const found = await find('Email', ['twin@example.com', 'contact001@example.com'], limits, 'Contact', where)
    expect([...found.keys()]).toEqual(['twin@example.com'])
    expect(found.get('twin@example.com')).toHaveLength(1)
  })

  test('finds a record by two fields together', async () => {
    const { fields } = await connection.describe('Contact')
    const [key, named] = ['Email', 'LastName'].map(name => fields.find(field => field.name === name))
    if (key === undefined || named === undefined) throw new Error('no such field')
    const values = ['TWIN@example.com', 'pat@example.com', 'contact001@example.com']
    const found = await idsByKey({ connection, key, second: { key: named, value: ' twin' }, values, limits })
    expect([...found].map(([value, ids]) => [value, ids.length])).toEqual([['TWIN@example.com', 2]])
  })

  test('finds any value', async () => {
    const name = 'O\'Neill \\ "Pat"'
    expect((await find('LastName', [name, "') OR (LastName != '"], limits)).size).toBe(1)
  })
})

test('finds ids of 15 and of 18 characters', async () => {
  const [id = ''] = (await find('Email', ['pat@example.com'])).get('pat@example.com') ?? []
  // Records with a mapped Id are searched for when a run compares, or has conditions.
  const found = await find('Id', [id, id.slice(0, 15), '0035e00000ZZZZZ', 'no id'], {}, 'Contact', 'Id != null')
  expect([...found]).toEqual([
    [id, [id]],
    [id.slice(0, 15), [id]],
  ])
})

test('searches hundreds of values in few calls', async () => {
  const before = calls('query')
  const values = Array.from({ length: 1_000 }, (_, index) => `contact${String(index).padStart(3, '0')}@example.com`)
  expect((await find('Email', values)).size).toBe(300)
  expect(calls('query') - before).toBeLessThanOrEqual(5)
})

test('sends no query when no value can be a key', async () => {
  const before = calls('query')
  expect((await find('Email', ['', '  ', 'x'.repeat(300)])).size).toBe(0)
  expect(calls('query')).toBe(before)
})

const manyValues = Array.from(
  { length: MATCH_LIMITS.jobKeys + 500 },
  (_, index) => `contact${String(index).padStart(3, '0')}@example.com`,
)

test('reads the object by one job when that takes fewer calls, with the same result', async () => {
  const before = { query: calls('query'), jobs: calls('queryJobCreate') }
  const found = await find('Email', manyValues)
  expect(calls('query') - before.query).toBe(1)
  expect(calls('queryJobCreate') - before.jobs).toBe(1)
  const listed = await find('Email', manyValues.slice(0, 1_000))
  expect([...found]).toEqual([...listed])
})

test('searches by lists when the org rejects the job', async () => {
  const body = [{ errorCode: 'FEATURENOTENABLED', message: 'FeatureNotEnabled : Bulk' }]
  emulator.faults.add({ match: { operation: 'queryJobCreate' }, fault: { type: 'status', status: 400, body } })
  expect((await find('Email', manyValues)).size).toBe(300)
})

test('searches by lists when the object has far more records than are searched', async () => {
  const count = manyValues.length * MATCH_LIMITS.jobRatio + 1
  const none = sendJson({ totalSize: 0, done: true, records: [] })
  const org = await startScriptedOrg({
    [`GET ${ROOT}/query`]: inTurn(sendJson({ totalSize: count, done: true, records: [] }), none),
  })
  const key = { name: 'Email', type: 'email', caseSensitive: false } as const
  await idsByKey({ connection: connectTo(org), key, values: manyValues })
  expect(org.to('POST /services/data')).toHaveLength(0)
  expect(org.to(`GET ${ROOT}/query`).length).toBeGreaterThan(20)
  await org.close()
})

test('a lost answer to the creation of a job is a failed read', async () => {
  emulator.faults.add({ match: { operation: 'queryJobCreate' }, fault: { type: 'cutAfter' } })
  await expect(find('Email', manyValues)).rejects.toBeInstanceOf(AnswerCutError)
})
