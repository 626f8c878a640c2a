// A run with more chunks than fit into one history continues as new; and histories with any outcome replay.
import { readFile } from 'node:fs/promises'
import { Worker } from '@temporalio/worker'
import { expect, inject, test } from 'vitest'
import { findRun } from '../../../cli/findRun.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { contactsFrom, fileRig, people, type RigOrg, type StartedLoad, until } from '../../rig/loadRig.ts'

const rig = await fileRig()

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
async function startLong(org: RigOrg, given: object = {}, source = people(60)): Promise<StartedLoad> {
  const match = { operation: 'collectionCreate' }
  org.emulator.faults.add({ match, fault: { type: 'delay', ms: HELD_FOR }, after: 10, times: 4 })
  const load = await rig.start(
    contactsFrom(await rig.source(source), org, {
      identityFields: ['last'],
      engine: 'collections',
      chunk: { collectionsRecords: 2 },
      concurrency: 4,
      ...given,
    }),
  )
  await org.meetsFault(4)
  await lengthenHistory(load)
  return load
}

const LAST_NAMES = Array.from({ length: 60 }, (_, index) => `P${index + 1}`)

/** The last 30 report to the first 30: they are loaded after them, in the second history. */
const IN_WAVES = LAST_NAMES.map((name, index) => `${name},${LAST_NAMES[index - 30] ?? ''}\n`).join('')
const REPORTS_TO = { sync: 'self', by: 'last', from: 'boss' } as const

test.concurrent(
  'a run whose history has grown long continues as new, and counts every record once',
  LONG_TEST,
  async () => {
    const org = await rig.openOrg()
    const fields = { LastName: 'last', ReportsToId: REPORTS_TO }
    const load = await startLong(org, { fields }, `last,boss\n${IN_WAVES}`)
    const report = await load.report()
    expect(report.tally).toEqual({ created: 60, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 })
    expect(org.emulator.stats().created).toEqual({ Contact: 60 })
    const results = await rig.rows(load.runId, 'results.csv')
    expect(results.map(({ last }) => last)).toEqual(LAST_NAMES)
    const records = await org.records('Contact', 'Id', 'LastName', 'ReportsToId')
    const idOf = new Map(records.map(one => [one['LastName'], one['Id']]))
    const bossOf = new Map(records.map(one => [one['LastName'], one['ReportsToId']]))
    expect(LAST_NAMES.slice(30).map(name => bossOf.get(name))).toEqual(
      LAST_NAMES.slice(0, 30).map(name => idOf.get(name)),
    )
    const { workflowId, firstExecutionRunId } = load.handle
    const { runId } = await rig.client.workflow.getHandle(workflowId).describe()
    expect(runId).not.toBe(firstExecutionRunId)
    const first = await rig.client.workflow.getHandle(workflowId, firstExecutionRunId).describe()
    const temporal = { client: rig.client, namespace: rig.client.options.namespace, address: '' }
    const { startedAt } = await findRun(temporal, workflowId)
    expect(Math.abs(startedAt.getTime() - first.startTime.getTime())).toBeLessThan(1_000)
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

test.concurrent(
  'a run that is paused when it continues as new stays paused, and completes when it is resumed',
  LONG_TEST,
  async () => {
    const org = await rig.openOrg()
    const load = await startLong(org)
    const { workflowId, firstExecutionRunId } = load.handle
    const by = 'anna@ops'
    await load.handle.executeUpdate('pause', { args: [{ by }] })
    const latest = () => rig.client.workflow.getHandle(workflowId)
    await until(
      () => latest().describe(),
      ({ runId }) => runId !== firstExecutionRunId,
    )
    const { created } = org.emulator.stats()
    await until(
      () => latest().query<SyncProgress>('progress'),
      ({ step }) => step?.what === 'waits until the run is resumed',
    )
    expect(await latest().query<SyncProgress>('progress')).toMatchObject({ stage: 'sending', paused: { by } })
    expect(org.emulator.stats().created).toEqual(created)
    await latest().executeUpdate('resume')
    expect(await load.report()).toMatchObject({ tally: { created: 60, updated: 0, failed: 0, inDoubt: 0 } })
    expect(org.emulator.stats().created).toEqual({ Contact: 60 })
  },
)

/** Sends signals without a handler until Temporal suggests a new history, at 4 MB. */
async function lengthenHistory({ handle }: StartedLoad): Promise<void> {
  const padding = 'x'.repeat(400_000)
  for (let sent = 0; sent < 12; sent += 1) await handle.signal('unknown', padding)
}
