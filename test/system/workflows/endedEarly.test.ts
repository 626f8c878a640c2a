// A run that is cancelled or fails midway accounts for every record, and resumes under the same run id.
import type { WorkflowFailedError } from '@temporalio/client'
import { describe, expect, test } from 'vitest'
import { contactsFrom, fileRig, people, QUICK, type RigOrg, type StartedLoad, until } from '../../rig/loadRig.ts'

const rig = await fileRig()

const RECORDS = 1_000

const names = Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`)

const specOf = async (org: RigOrg, engine: string, given: object = {}) =>
  contactsFrom(await rig.source(people(RECORDS)), org, {
    ...QUICK,
    identityFields: ['last'],
    resultColumns: ['id', 'errorcode'],
    engine,
    ...given,
  })

/** Compares the line of every record with the records in the org. */
async function accountOf({ runId }: StartedLoad, org: RigOrg) {
  const results = await rig.rows(runId, 'results.csv')
  expect(results.map(({ last }) => last)).toEqual(names)
  const inOrg = await org.records('Contact', 'Id', 'LastName')
  const ids = new Map(inOrg.map(record => [record['LastName'], record['Id']]))
  expect(ids.size).toBe(inOrg.length)
  for (const { status, last, id } of results) expect(status === 'true' ? ids.get(last) : '').toBe(id)
  const { outcome, tally } = JSON.parse(await rig.text(runId, 'report.json'))
  const codes = [...new Set(results.map(({ errorcode }) => errorcode))].toSorted()
  return { outcome, tally, codes, inOrg: inOrg.length, message: results.at(-1)?.['errormessage'] }
}

/** Runs the same spec under the same run id to its end. */
async function goOn(load: StartedLoad, org: RigOrg, spec: Readonly<Record<string, unknown>>) {
  org.emulator.faults.clear()
  const report = await rig.load(spec, { runId: load.runId })
  expect(report).toMatchObject({ outcome: 'completed', tally: { created: RECORDS, failed: 0, inDoubt: 0 } })
  expect(await accountOf(load, org)).toMatchObject({ codes: [''], inOrg: RECORDS })
  expect(await rig.text(load.runId, 'rejected.csv')).toBe('')
}

describe.concurrent('a cancelled run', () => {
  test('through bulk aborts its jobs, reports the unsent records, and resumes later', async () => {
    // Long enough to cancel while the second job is in progress.
    const org = await rig.openOrg({ processingDelayMs: 5_000 })
    const spec = await specOf(org, 'bulk', {
      chunk: { bulkRecords: 400 },
      concurrency: 1,
      resend: { ...QUICK.resend, lostAnswerWait: '4s' },
    })
    const load = await rig.start(spec)
    await until(
      () => progress(load),
      ({ chunksDone }) => chunksDone === 1,
    )
    await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
    await load.handle.cancel()
    await expect(load.report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect(org.emulator.stats().jobs).toEqual({ JobComplete: 1, Aborted: 1 })
    const { outcome, tally, codes, message } = await accountOf(load, org)
    expect({ outcome, codes, message }).toEqual({
      outcome: 'cancelled',
      codes: ['', 'IN_DOUBT', 'NOT_SENT'],
      message: "Not sent: the run was cancelled before this record's turn",
    })
    expect(tally).toMatchObject({ failed: 200 })
    const [doubtful] = await rig.rows(load.runId, 'in_doubt.csv')
    expect(doubtful?.['errormessage']).toMatch(/^Job 750\w+ was stopped .*start the run again under the same id/)
    // The org finishes its current batch: those records exist, and none of them is sent again.
    await goOn(load, org, spec)
  })

  test('is cancelled even while an activity polls the state of its job', async () => {
    const org = await rig.openOrg()
    const faults = [
      { match: { method: 'JOB' }, fault: { type: 'stall' } },
      { match: { operation: 'ingestRead' }, fault: { type: 'delay', ms: 1_500 }, times: 1 },
    ] as const
    for (const fault of faults) org.emulator.faults.add(fault)
    const load = await rig.start(await specOf(org, 'bulk'))
    await org.reaches(({ calls }) => calls['ingestRead'] === 1)
    await load.handle.cancel()
    await expect(load.report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect(org.emulator.stats().jobs).toEqual({ Aborted: 1 })
    expect(await accountOf(load, org)).toMatchObject({ outcome: 'cancelled', codes: ['NOT_SENT'], inOrg: 0 })
  })

  test('through collections sends no further request, and resumes later', async () => {
    const org = await rig.openOrg()
    const match = { operation: 'collectionCreate' }
    org.emulator.faults.add({ match, fault: { type: 'delay', ms: 8_000 }, after: 2, times: 1 })
    const spec = await specOf(org, 'collections')
    const load = await rig.start(spec)
    await org.reaches(({ calls }) => calls['collectionCreate'] === 3)
    await load.handle.cancel()
    await expect(load.report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect(await accountOf(load, org)).toMatchObject({
      outcome: 'cancelled',
      tally: { created: 600, failed: 400, inDoubt: 0 },
      codes: ['', 'NOT_SENT'],
      inOrg: 600,
    })
    await goOn(load, org, spec)
  })
})

const forbidden = [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights on object id' }]

describe.concurrent.each([
  ['bulk', 'ingestCreate'],
  ['collections', 'collectionCreate'],
] as const)('a run through %s', (engine, operation) => {
  const chunk = { bulkRecords: 200, collectionsRecords: 400 }

  test('whose permission is removed midway keeps its results, fails with a clear message, and resumes later', async () => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match: { operation }, fault: { type: 'status', status: 403, body: forbidden }, after: 3 })
    const spec = await specOf(org, engine, { chunk, concurrency: 1 })
    const load = await rig.start(spec)
    const failure = await failureOf(load)
    expect(failure).toMatchObject({
      type: 'RequestRejectedError',
      message: expect.stringMatching(/403 INSUFFICIENT_ACCESS.*insufficient access/),
    })
    expect(await accountOf(load, org)).toEqual({
      outcome: 'failed',
      tally: { created: 600, updated: 0, deleted: 0, unchanged: 0, failed: 400, inDoubt: 0 },
      codes: ['', 'NOT_SENT'],
      inOrg: 600,
      message: "Not sent: the run failed before this record's turn",
    })
    await goOn(load, org, spec)
  })
})

const progress = (load: StartedLoad) => load.handle.query<{ readonly chunksDone: number }>('progress')

async function failureOf(load: StartedLoad) {
  const error = await load.report().then(
    () => expect.fail('the run completed'),
    (failed: WorkflowFailedError) => failed,
  )
  const { type, message } = error.cause as { readonly type?: string; readonly message: string } & Error
  return { type, message }
}
