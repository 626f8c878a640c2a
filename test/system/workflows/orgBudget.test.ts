// The budget of an org, which the runs of all workers share. One test after another: every emulated org has the same Id, and so one budget.
import { afterEach, expect, test } from 'vitest'
import type { OrgBudget } from '../../../loader/salesforce/salesforceConnection.ts'
import { orgBudgetWorkflowId } from '../../../packages/client/contract/names.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { killableWorkers } from '../../rig/killableWorkers.ts'
import { contactsFrom, fileRig, people, QUICK, type RigOrg, type StartedLoad, until } from '../../rig/loadRig.ts'

const BUDGET_ID = orgBudgetWorkflowId('00D5f000001pHvsEAE')
const RECORDS = 60

const rig = await fileRig({ workers: 'elsewhere' })
const budget = rig.client.workflow.getHandle(BUDGET_ID)

afterEach(async () => {
  await budget.terminate('end of the test').catch(() => {})
})

const NOTHING_HELD =
  '### 0 ingest jobs, 0 collection requests in progress; waiting: 0 ingest jobs, 0 collection requests'

/** A run of three ingest jobs. */
const startJobs = async (org: RigOrg, given: object = {}): Promise<StartedLoad> =>
  rig.start(
    contactsFrom(await rig.source(people(RECORDS)), org, {
      ...QUICK,
      engine: 'bulk',
      chunk: { bulkRecords: 20 },
      ...given,
    }),
  )

const progressOf = ({ handle }: StartedLoad) => handle.query<SyncProgress>('progress')

const waitsForJob = async (load: StartedLoad): Promise<boolean> => {
  const { overBudget } = await progressOf(load)
  return overBudget === 'waits for the one ingest job of this org'
}

/** The first lines of the page of the budget. */
const pageOf = async (): Promise<string> =>
  (await budget.query<{ readonly currentDetails: string }>('__temporal_workflow_metadata')).currentDetails

/** Ingest jobs that Salesforce has not ended. */
function processing({ emulator }: RigOrg): number {
  const { UploadComplete = 0, InProgress = 0 } = emulator.stats().jobs
  return UploadComplete + InProgress
}

/** Reads a figure until the work has ended; returns the largest. */
async function largest(read: () => number, work: Promise<unknown>): Promise<number> {
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, read())
  }, 5)
  await work.finally(() => clearInterval(timer))
  return most
}

async function withWorkers(budgetOf: OrgBudget, use: (workers: ReturnType<typeof killableWorkers>) => Promise<void>) {
  const workers = killableWorkers(rig, { budget: budgetOf })
  try {
    await use(workers)
  } finally {
    await workers.kill()
  }
}

test('two runs on two workers have one ingest job at a time between them, and the one that waits says so', () =>
  withWorkers({ ingestJobs: 1 }, async workers => {
    const org = await rig.openOrg({ processingDelayMs: 400 })
    await workers.start([org])
    const loads = [await startJobs(org), await startJobs(org)]
    const reports = Promise.all(loads.map(load => load.report()))
    const someWaits = async () => (await Promise.all(loads.map(waitsForJob))).includes(true)
    const waited = until(someWaits, found => found)
    const most = await largest(() => processing(org), Promise.all([reports, waited]))
    expect(most).toBe(1)
    for (const report of await reports) expect(report).toMatchObject({ tally: { created: RECORDS } })
    expect(org.emulator.stats()).toMatchObject({ jobs: { JobComplete: 6 }, created: { Contact: 2 * RECORDS } })
    expect(await pageOf()).toContain(NOTHING_HELD)
  }))

test('a worker that is killed while its job has the lease leaks none: the next worker ends the job, and the waiting run begins', () =>
  withWorkers({ ingestJobs: 1 }, async workers => {
    const org = await rig.openOrg({ processingDelayMs: 4_000 })
    await workers.startOne([org])
    const first = await startJobs(org, { chunk: { bulkRecords: RECORDS } })
    await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
    const second = await startJobs(org, { chunk: { bulkRecords: RECORDS } })
    await until(
      () => waitsForJob(second),
      found => found,
    )
    await workers.kill()
    await workers.startOne([org])
    expect(await first.report()).toMatchObject({ tally: { created: RECORDS } })
    expect(await second.report()).toMatchObject({ tally: { created: RECORDS } })
    expect(org.emulator.stats().jobs).toEqual({ JobComplete: 2 })
    await until(pageOf, page => page.includes(NOTHING_HELD))
  }))

test('the lease of a run that was terminated ends when someone waits for it', { timeout: 150_000 }, () =>
  withWorkers({ ingestJobs: 1 }, async workers => {
    const org = await rig.openOrg()
    org.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'stall' }, times: 1 })
    await workers.startOne([org])
    const first = await startJobs(org, { chunk: { bulkRecords: RECORDS } })
    await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
    await first.handle.terminate('by an operator')
    const second = await startJobs(org)
    await until(
      () => waitsForJob(second),
      found => found,
    )
    expect(await pageOf()).toContain(`| \`${first.runId}: chunk 1, attempt 1\` |`)
    // The budget looks for ended runs once a minute.
    expect(await second.report()).toMatchObject({ tally: { created: RECORDS } })
  }),
)

test('two runs send one collection request at a time between them', () =>
  withWorkers({ requests: 1 }, async workers => {
    const org = await rig.openOrg()
    const match = { operation: 'collectionCreate' }
    org.emulator.faults.add({ match, fault: { type: 'delay', ms: 300 } })
    await workers.start([org])
    const given = { engine: 'collections', chunk: { collectionsRecords: 20 } }
    const loads = [await startJobs(org, given), await startJobs(org, given)]
    const reports = Promise.all(loads.map(load => load.report()))
    const waits = async () => (await Promise.all(loads.map(progressOf))).map(({ step }) => step?.what ?? '')
    const waited = until(waits, steps =>
      steps.some(what => what.endsWith(' waits for the one collection request of this org')),
    )
    // The fault is met when a request arrives; its records are created 300 ms later.
    const inFlight = () => {
      const { created } = org.emulator.stats()
      return (org.emulator.faults.list()[0]?.hits ?? 0) - (created['Contact'] ?? 0) / 20
    }
    expect(await largest(inFlight, Promise.all([reports, waited]))).toBe(1)
    for (const report of await reports) expect(report).toMatchObject({ tally: { created: RECORDS } })
    expect(org.emulator.faults.list()[0]?.hits).toBe(6)
  }))

test('a budget whose history has grown long keeps its leases and its queue in a new one', { timeout: 120_000 }, () =>
  withWorkers({ ingestJobs: 1 }, async workers => {
    // Longer than it takes to fill a history.
    const org = await rig.openOrg({ processingDelayMs: 20_000 })
    await workers.startOne([org])
    const first = await startJobs(org, { chunk: { bulkRecords: RECORDS } })
    await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
    const second = await startJobs(org, { chunk: { bulkRecords: RECORDS } })
    await until(
      () => waitsForJob(second),
      found => found,
    )
    const { runId } = await budget.describe()
    await expect(budget.executeUpdate('lease', { args: [{ holder: 'x' }] })).rejects.toMatchObject({
      cause: { type: 'InputRejectedError', message: expect.stringContaining('workflowId: is missing') },
    })
    // Temporal suggests a new history at 4 MB; the signal of a holder that has no lease changes nothing.
    for (let sent = 0; sent < 12; sent += 1) await budget.signal('unknown', 'x'.repeat(400_000))
    await budget.signal('giveBack', 'no holder')
    await until(
      () => budget.describe(),
      described => described.runId !== runId,
    )
    expect(await pageOf()).toContain(
      '### 1 ingest job, 0 collection requests in progress; waiting: 1 ingest job, 0 collection requests',
    )
    for (const load of [first, second]) expect(await load.report()).toMatchObject({ tally: { created: RECORDS } })
    expect(org.emulator.stats().jobs).toEqual({ JobComplete: 2 })
  }),
)

test('without pressure a lease adds at most twelve events for each ingest job, and none for collections', () =>
  withWorkers({}, async unlimited => {
    const org = await rig.openOrg()
    const eventsOf = async (given: object) => {
      const { handle, report } = await startJobs(org, { concurrency: 1, ...given })
      await report()
      return Number((await handle.describe()).historyLength)
    }
    await unlimited.startOne([org])
    const free = await eventsOf({})
    await expect(budget.describe()).resolves.toMatchObject({ status: { name: 'TERMINATED' } })
    await unlimited.kill()
    await withWorkers({ ingestJobs: 5 }, async workers => {
      await workers.startOne([org])
      const leased = (await eventsOf({})) - free
      expect(leased).toBeGreaterThan(0)
      expect(leased).toBeLessThanOrEqual(3 * 12)
      await budget.terminate('end of the measurement')
      await eventsOf({ engine: 'collections' })
      await expect(budget.describe()).resolves.toMatchObject({ status: { name: 'TERMINATED' } })
    })
  }))

test.each([
  ['bulk', { Aborted: 1 }],
  ['collections', {}],
])('a run through %s leaves the reserved API calls to others, says so, and ends when it is cancelled', (engine, jobs) =>
  withWorkers({ apiReserve: 0.9 }, async workers => {
    const org = await rig.openOrg({ limits: { dailyApiRequests: 20 } })
    await workers.startOne([org])
    const load = await startJobs(org, { engine, chunk: { bulkRecords: RECORDS } })
    const { step } = await until(
      () => progressOf(load),
      found => found.step?.what.includes('apiReserve') === true,
    )
    expect(step?.what).toMatch(
      /^chunk 1 of 1 waits: [\d.]+ % of the API calls of 24 hours are used, apiReserve is 90 %; reads them again at \d\d:\d\d UTC$/,
    )
    await load.handle.cancel()
    await expect(load.report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect(org.emulator.stats()).toMatchObject({ jobs, created: {} })
    expect(org.emulator.stats().calls['collectionCreate']).toBeUndefined()
  }),
)
