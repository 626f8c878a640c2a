// Records that Salesforce rejects for a transient reason are sent again; permanently rejected ones are not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { FaultRule } from '../../../packages/emulator/index.ts'
import { contactsFrom, type LoadRig, people, QUICK, type RigOrg, startLoadRig, until } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

const specOf = async (org: RigOrg, records: number, given: object = {}) =>
  contactsFrom(await rig.source(people(records)), org, {
    ...QUICK,
    identityFields: ['last'],
    resultColumns: ['id', 'errorcode'],
    engine: 'bulk',
    ...given,
  })

async function create(org: RigOrg, records: number, given: object = {}) {
  const { runId, tally } = await rig.load(await specOf(org, records, given))
  const { calls } = org.emulator.stats()
  const results = await rig.rows(runId, 'results.csv')
  expect(results.map(({ last }) => last)).toEqual(results.map((_, index) => `P${index + 1}`))
  return {
    tally,
    results,
    sendings: (calls['ingestClose'] ?? 0) + (calls['collectionCreate'] ?? 0),
    names: (await org.records('Contact', 'LastName')).map(record => record['LastName']),
  }
}

const everyName = (records: number) => Array.from({ length: records }, (_, index) => `P${index + 1}`).toSorted()

const ALL = { updated: 0, failed: 0, inDoubt: 0 }

describe.concurrent.each(ENGINES)('locked rows, through %s', engine => {
  const match = engine === 'bulk' ? { method: 'JOB' } : { operation: 'collectionCreate' }

  test('are sent again in later attempts, and exist once', async () => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match, fault: { type: 'lockRows', share: 0.5 }, times: 2 })
    const { tally, names, sendings } = await create(org, 100, { engine })
    expect(tally).toEqual({ ...ALL, created: 100 })
    expect(names.toSorted()).toEqual(everyName(100))
    expect(sendings).toBe(3)
  })

  test('that stay locked fail after the last attempt with the message of Salesforce', async () => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match, fault: { type: 'lockRows', match: { field: 'LastName', value: 'P7' } } })
    const { tally, names, results, sendings } = await create(org, 20, { engine })
    expect(tally).toEqual({ ...ALL, created: 19, failed: 1 })
    expect(names).toHaveLength(19)
    expect(results[6]).toMatchObject({
      errorcode: 'UNABLE_TO_LOCK_ROW',
      errormessage: 'unable to obtain exclusive access to this record',
    })
    expect(sendings).toBe(QUICK.resend.maxAttempts)
  })
})

describe.concurrent('an ingest job that fails', () => {
  const failJob = (org: RigOrg, afterRecords: number, rule: Partial<FaultRule> & { errorMessage?: string } = {}) => {
    const { errorMessage, ...rest } = rule
    const fault = { type: 'failJob', afterRecords, ...(errorMessage === undefined ? {} : { errorMessage }) } as const
    return org.emulator.faults.add({ match: { method: 'JOB' }, fault, ...rest })
  }

  test('midway leaves the rest to a new job, and every record exists once', async () => {
    const org = await rig.openOrg()
    failJob(org, 37, { times: 1 })
    const { tally, names, sendings } = await create(org, 100)
    expect(tally).toEqual({ ...ALL, created: 100 })
    expect(names.toSorted()).toEqual(everyName(100))
    expect(sendings).toBe(2)
  })

  test('in each of several concurrent chunks leaves the rest of each to a new job', async () => {
    const org = await rig.openOrg()
    failJob(org, 10, { times: 3 })
    const { tally, names, sendings } = await create(org, 100, { chunk: { bulkRecords: 25 }, concurrency: 4 })
    expect(tally).toEqual({ ...ALL, created: 100 })
    expect(names.toSorted()).toEqual(everyName(100))
    expect(sendings).toBe(7)
  })

  test('in every attempt is reported after the last attempt', async () => {
    const org = await rig.openOrg()
    failJob(org, 0)
    const { tally, results, sendings } = await create(org, 5)
    expect(tally).toEqual({ ...ALL, created: 0, failed: 5 })
    expect(results[0]).toMatchObject({ errorcode: 'NOT_PROCESSED' })
    expect(sendings).toBe(QUICK.resend.maxAttempts)
  })

  test('because of its data is not sent again', async () => {
    const org = await rig.openOrg()
    const errorMessage = 'InvalidBatch : Field name not found : Nickname__c'
    failJob(org, 3, { errorMessage })
    const { tally, results, names, sendings } = await create(org, 5)
    expect(tally).toEqual({ ...ALL, created: 3, failed: 2 })
    expect(results[4]).toMatchObject({ errorcode: 'JOB_FAILED', errormessage: errorMessage })
    expect(names).toEqual(['P1', 'P2', 'P3'])
    expect(sendings).toBe(1)
  })

  test('because someone aborted it in Salesforce is not sent again either', async () => {
    const org = await rig.openOrg({ processingDelayMs: 3_000 })
    const load = await rig.start(await specOf(org, 5, { resend: { lostAnswerWait: '2s' } }))
    await until(
      () => org.emulator.stats(),
      ({ jobs }) => jobs['UploadComplete'] === 1,
    )
    await org.abortJobs()
    expect((await load.report()).tally).toEqual({ ...ALL, created: 0, failed: 5 })
    const results = await rig.rows(load.runId, 'results.csv')
    expect(results[0]).toMatchObject({ errorcode: 'JOB_ABORTED' })
    expect(results[0]?.['errormessage']).toMatch(/^Job 750\w+ was aborted in Salesforce/)
    expect(await org.records('Contact', 'Id')).toEqual([])
  })
})

describe.concurrent.each([
  ['bulk', 'ingestCreate'],
  ['collections', 'collectionCreate'],
])('a limit of the org, through %s', (engine, operation) => {
  test('pauses the run until it is lifted, and does not fail it', async () => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match: { operation }, fault: { type: 'limitReached' } })
    const load = await rig.start(await specOf(org, 5, { engine }))
    const pending = async () => (await load.handle.describe()).raw.pendingActivities?.[0]
    const waiting = await until(
      pending,
      step => step?.lastFailure?.message?.includes('REQUEST_LIMIT_EXCEEDED') === true,
    )
    expect(waiting?.lastFailure?.applicationFailureInfo).toMatchObject({
      type: 'LimitReachedError',
      nonRetryable: false,
    })
    const pause = Number(waiting?.scheduledTime?.seconds) - Number(waiting?.lastAttemptCompleteTime?.seconds)
    expect(pause).toBeGreaterThan(500)
    await load.handle.cancel()
    await expect(load.report()).rejects.toThrow()
    const results = await rig.rows(load.runId, 'results.csv')
    expect(results.map(({ errorcode }) => errorcode)).toEqual(Array(5).fill('NOT_SENT'))
  })
})
