// Records that Salesforce rejects for a transient reason are sent again; permanently rejected ones are not.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { EmulatorOptions } from '../../../packages/emulator/index.ts'
import { contactsFrom, fileRig, people, QUICK, type RigOrg, until } from '../../rig/loadRig.ts'

const rig = await fileRig()

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
    sendings: (calls['ingestClose'] ?? 0) + (calls['collectionCreate'] ?? 0),
    names: (await org.records('Contact', 'LastName')).map(record => record['LastName']),
  }
}

const everyName = (records: number) => Array.from({ length: records }, (_, index) => `P${index + 1}`).toSorted()

const ALL = { updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

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
})

describe.concurrent('an ingest job that fails', () => {
  test('in each of several concurrent chunks leaves the rest of each to a new job', async () => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'failJob', afterRecords: 10 }, times: 3 })
    const { tally, names, sendings } = await create(org, 100, { chunk: { bulkRecords: 25 }, concurrency: 4 })
    expect(tally).toEqual({ ...ALL, created: 100 })
    expect(names.toSorted()).toEqual(everyName(100))
    expect(sendings).toBe(7)
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

// More concurrent chunks than concurrent requests of the connection: no deadlock.
test('forty concurrent chunks through Bulk API settle every record, some rejected in each', async () => {
  const org = await rig.openOrg()
  const names = Array.from({ length: 400 }, (_, index) => (index % 10 === 0 ? 'Locked' : `P${index + 1}`))
  const match = { field: 'LastName', value: 'Locked' }
  org.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'lockRows', match } })
  const spec = contactsFrom(await rig.source(`last\n${names.join('\n')}\n`), org, {
    ...{ identityFields: ['last'], engine: 'bulk', chunk: { bulkRecords: 10 }, concurrency: 40 },
    resend: { maxAttempts: 1, delay: 20, lostAnswerWait: 0 },
  })
  const { runId, tally } = await rig.load(spec)
  expect(tally).toEqual({ created: 360, updated: 0, deleted: 0, unchanged: 0, failed: 40, inDoubt: 0 })
  const results = await rig.rows(runId, 'results.csv')
  expect(results.map(({ last }) => last)).toEqual(names)
})

describe.concurrent('contacts of a few accounts in random order, in an org whose jobs lock accounts', () => {
  const ACCOUNTS = 12
  const RECORDS = 600
  const LOCKING: EmulatorOptions = {
    bulkSpeed: { parallelBatches: 10, recordsPerSecond: 50, locksParents: true },
    seedRecords: false,
  }

  async function openLockingOrg(): Promise<{ readonly org: RigOrg; readonly source: string }> {
    const org = await rig.openOrg(LOCKING)
    const accounts = await org.create(
      'Account',
      Array.from({ length: ACCOUNTS }, (_, index) => ({ Name: `A${index}` })),
    )
    // 7 and 12 have no common factor: neighbours have different accounts.
    const rows = Array.from({ length: RECORDS }, (_, index) => `P${index + 1},${accounts[(index * 7) % ACCOUNTS]}`)
    return { org, source: await rig.source(`last,account\n${rows.join('\n')}\n`) }
  }

  const GROUPED = {
    ...{ fields: { LastName: 'last', AccountId: 'account' }, identityFields: ['last'], engine: 'bulk' },
    chunk: { bulkRecords: 50 },
  }

  async function loadOnce(groupBy: string) {
    const { org, source } = await openLockingOrg()
    const resend = { maxAttempts: 1, delay: 20, lostAnswerWait: 0 }
    const { runId, tally } = await rig.load(contactsFrom(source, org, { ...GROUPED, groupBy, resend }))
    const results = await rig.rows(runId, 'results.csv')
    expect(results.map(({ last }) => last)).toEqual(Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`))
    expect(org.emulator.stats().created['Contact']).toBe(tally.created)
    return tally
  }

  test('grouped by account, all are created in one attempt', async () => {
    expect(await loadOnce('auto')).toEqual({ ...ALL, created: RECORDS })
  })

  test('in the order of the source, many are rejected', async () => {
    expect((await loadOnce('none')).failed).toBeGreaterThan(100)
  })

  test('the last attempt sends the records left by collection requests, one after another', async () => {
    const { org, source } = await openLockingOrg()
    const resend = { maxAttempts: 2, delay: 20, lostAnswerWait: 0 }
    const { tally } = await rig.load(contactsFrom(source, org, { ...GROUPED, groupBy: 'none', resend, concurrency: 4 }))
    const { calls, created } = org.emulator.stats()
    expect(calls['ingestClose']).toBe(RECORDS / GROUPED.chunk.bulkRecords)
    expect(calls['collectionCreate']).toBeGreaterThan(0)
    expect(tally.created + tally.failed).toBe(RECORDS)
    expect(created['Contact']).toBe(tally.created)
  })
})
