// A run with more chunks than fit into one history continues as new; and histories with any outcome replay.
import { readFile } from 'node:fs/promises'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type LoadRig, people, QUICK, type RigOrg, type StartedLoad, startLoadRig, until } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

/** Replays a run's history against the workflow's code; throws when the code decides otherwise. */
async function replay(workflowId: string, runId: string): Promise<void> {
  const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory()
  const code = await readFile(inject('workflowBundlePath'), 'utf8')
  await Worker.runReplayHistory({ workflowBundle: { code } }, history, workflowId)
}

/** Milliseconds; on a busy machine two histories take several seconds to grow large. */
const HELD_FOR = 15_000
const LONG_TEST = { timeout: 120_000 }

/** A run of 60 records whose history grows long while all four concurrent chunks are held: otherwise the run might end first. */
async function startLong(org: RigOrg): Promise<StartedLoad> {
  const match = { operation: 'collectionCreate' }
  org.emulator.faults.add({ match, fault: { type: 'delay', ms: HELD_FOR }, after: 10, times: 4 })
  const load = await rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(people(60)) },
    fields: { LastName: 'last' },
    identityFields: ['last'],
    engine: 'collections',
    chunk: { collectionsRecords: 2 },
    concurrency: 4,
  })
  await until(
    () => org.emulator.faults.list()[0]?.hits,
    hits => hits === 4,
  )
  await lengthenHistory(load)
  return load
}

const LAST_NAMES = Array.from({ length: 60 }, (_, index) => `P${index + 1}`)

test.concurrent(
  'a run whose history has grown long continues as new, and counts every record once',
  LONG_TEST,
  async () => {
    const org = await rig.openOrg()
    const load = await startLong(org)
    const report = await load.report()
    expect(report.tally).toEqual({ created: 60, updated: 0, failed: 0, inDoubt: 0 })
    expect(org.emulator.stats().created).toEqual({ Contact: 60 })
    const results = await rig.rows(load.runId, 'results.csv')
    expect(results.map(({ last }) => last)).toEqual(LAST_NAMES)
    const { workflowId, firstExecutionRunId } = load.handle
    const { runId } = await rig.client.workflow.getHandle(workflowId).describe()
    expect(runId).not.toBe(firstExecutionRunId)
    const progress = await rig.client.workflow.getHandle(workflowId).query('progress')
    expect(progress).toMatchObject({ stage: 'done', settled: 60, chunks: 30, chunksDone: 30 })
    await replay(workflowId, firstExecutionRunId)
    await replay(workflowId, runId)
  },
)

test.concurrent(
  'a run that is cancelled when it continues as new ends there, and accounts for every record',
  LONG_TEST,
  async () => {
    const org = await rig.openOrg()
    const load = await startLong(org)
    await load.handle.cancel()
    await expect(load.report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    const results = await rig.rows(load.runId, 'results.csv')
    expect(results.map(({ last }) => last)).toEqual(LAST_NAMES)
    const { Contact } = org.emulator.stats().created
    expect(results.filter(({ status }) => status === 'true')).toHaveLength(Contact ?? 0)
    expect(Contact).toBeLessThan(60)
  },
)

/** Sends signals without a handler until Temporal suggests a new history, at 4 MB. */
async function lengthenHistory({ handle }: StartedLoad): Promise<void> {
  const padding = 'x'.repeat(400_000)
  for (let sent = 0; sent < 12; sent += 1) await handle.signal('unknown', padding)
}

test('the histories of runs that completed, had rejected records, sent records again, failed and were cancelled replay', async () => {
  const org = await rig.openOrg({ processingDelayMs: 200 })
  const spec = async (engine: string) => ({
    ...QUICK,
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(people(50)) },
    fields: { LastName: 'last' },
    engine,
    chunk: { bulkRecords: 20, collectionsRecords: 20 },
  })
  const { faults } = org.emulator
  const run = async (given: Readonly<Record<string, unknown>>): Promise<RunReport | undefined> => {
    const load = await rig.start(given)
    const report = await load.report().catch(() => undefined)
    await replay(load.handle.workflowId, load.handle.firstExecutionRunId)
    return report
  }
  expect(await run(await spec('bulk'))).toMatchObject({ outcome: 'completed' })
  faults.add({ match: { method: 'JOB' }, fault: { type: 'lockRows', share: 0.5 }, times: 3 })
  expect(await run(await spec('bulk'))).toMatchObject({ outcome: 'completed' })
  faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'cutAfter' }, times: 1 })
  expect(await run(await spec('collections'))).toMatchObject({ outcome: 'completed' })
  faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'status', status: 403, body: [] }, after: 1 })
  expect(await run(await spec('collections'))).toBeUndefined()
  expect(await run({ ...(await spec('bulk')), object: 'Contract' })).toBeUndefined()
  const cancelled = await rig.start(await spec('bulk'))
  await cancelled.handle.cancel()
  await expect(cancelled.report()).rejects.toThrow()
  await replay(cancelled.handle.workflowId, cancelled.handle.firstExecutionRunId)
})
