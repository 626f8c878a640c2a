// A run that is paused and resumed by the updates of its workflow, as the CLI, a service and Temporal's UI do it.
import { randomUUID } from 'node:crypto'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { expect, test } from 'vitest'
import { workflowIdOf } from '../../../packages/client/contract/names.ts'
import type { ControlAnswer } from '../../../packages/client/contract/runControl.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { pauseRun, resumeRun } from '../../../packages/client/controlRun.ts'
import { contactsFrom, type LoadRig, people, QUICK, type RigOrg, startLoadRig, until } from '../../rig/loadRig.ts'

const RECORDS = 90
const LAST_NAMES = Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`)

/** Milliseconds that nothing may happen while a run is paused. */
const QUIET = 1_500

async function withRig(use: (rig: LoadRig) => Promise<void>): Promise<void> {
  const rig = await startLoadRig({ workers: 'elsewhere' })
  try {
    await use(rig)
  } finally {
    await rig.close()
  }
}

/** A run of three ingest jobs, one after another. */
async function startThreeJobs(rig: LoadRig, org: RigOrg) {
  return rig.start(
    contactsFrom(await rig.source(people(RECORDS)), org, {
      ...QUICK,
      identityFields: ['last'],
      engine: 'bulk',
      chunk: { bulkRecords: 30 },
      concurrency: 1,
    }),
  )
}

type Metadata = {
  readonly currentDetails: string
  readonly definition: {
    readonly updateDefinitions: readonly { readonly name: string; readonly description: string }[]
  }
}

test('a paused run settles its job and opens no other, also after its worker has restarted, and completes when it is resumed', () =>
  withRig(async rig => {
    const { client, taskQueue } = rig
    const first = await rig.work()
    const org = await rig.openOrg({ processingDelayMs: 1_000 })
    const { runId, handle, report } = await startThreeJobs(rig, org)
    const progress = () => handle.query<SyncProgress>('progress')
    await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
    const input = { by: 'anna@ops', reason: 'storage is full' }
    const paused = await pauseRun(client, handle.workflowId, input, { taskQueue })
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    expect(paused).toMatchObject({ runId, changed: true, paused: { since, ...input } })
    expect(paused.message).toMatch(
      /^Run \S+ is paused since .+ UTC, by anna@ops \(storage is full\): .+ sflink sync resume/,
    )
    await until(progress, ({ chunksDone }) => chunksDone === 1)
    first.stop()
    await first.stopped
    await rig.work()
    await new Promise(resolve => setTimeout(resolve, QUIET))
    expect(org.emulator.stats().jobs).toEqual({ JobComplete: 1 })
    expect(await progress()).toMatchObject({
      paused: paused.paused,
      settled: 30,
      step: { what: 'waits until the run is resumed' },
    })
    const { currentDetails, definition } = await handle.query<Metadata>('__temporal_workflow_metadata')
    expect(currentDetails).toMatch(
      /^### Paused since .+ UTC, by anna@ops \(storage is full\)\. Sending: 30 of 90 records/,
    )
    expect(currentDetails).toContain(
      `**Next:** resume the run: \`sflink sync resume ${runId}\`, or the update \`resume\``,
    )
    expect(definition.updateDefinitions.map(({ name }) => name).toSorted()).toEqual(['pause', 'resume'])
    for (const { description } of definition.updateDefinitions) expect(description).toContain('Input: none, or {"by":')
    expect(await pauseRun(client, handle.workflowId, { by: 'ben' }, { taskQueue })).toMatchObject({
      changed: false,
      paused: paused.paused,
      message: expect.stringContaining('is already paused'),
    })
    // Temporal's UI sends no input.
    expect(await handle.executeUpdate<ControlAnswer, []>('resume')).toMatchObject({ changed: true })
    expect(await resumeRun(client, handle.workflowId, {}, { taskQueue })).toEqual({
      runId,
      changed: false,
      message: `Run ${runId} is running; it was not paused`,
    })
    expect(await report()).toMatchObject({ outcome: 'completed', tally: { created: RECORDS } })
    expect(org.emulator.stats().jobs).toEqual({ JobComplete: 3 })
    expect((await rig.rows(runId, 'results.csv')).map(({ last }) => last)).toEqual(LAST_NAMES)
    await expect(pauseRun(client, handle.workflowId, {}, { taskQueue })).rejects.toMatchObject({
      name: 'InputRejectedError',
      message: expect.stringContaining('is not running, so there is nothing to pause'),
    })
  }))

test('a job that is uploaded when its run is paused is not committed; cancelled then, the run aborts it and sends nothing', () =>
  withRig(async rig => {
    await rig.work()
    const org = await rig.openOrg()
    org.emulator.faults.add({ match: { operation: 'ingestUpload' }, fault: { type: 'delay', ms: 1_000 }, times: 1 })
    const { handle, report } = await startThreeJobs(rig, org)
    await org.meetsFault(1)
    await handle.executeUpdate('pause')
    await until(
      () => handle.query<SyncProgress>('progress'),
      ({ step }) => step?.what === 'chunk 1 of 3 waits until the run is resumed',
    )
    expect(org.emulator.stats().jobs).toEqual({ Open: 1 })
    await handle.cancel()
    await expect(report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect(org.emulator.stats().jobs).toEqual({ Aborted: 1 })
    expect(org.emulator.stats().created).toEqual({})
  }))

test('an invalid input of the updates is rejected with its key, and changes nothing', () =>
  withRig(async rig => {
    await rig.work()
    const org = await rig.openOrg({ processingDelayMs: 2_000 })
    const { handle, report } = await startThreeJobs(rig, org)
    const failure = await handle.executeUpdate('pause', { args: [{ who: 'anna' }] }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(WorkflowUpdateFailedError)
    const { cause } = failure as WorkflowUpdateFailedError
    expect(cause).toMatchObject({
      type: 'InputRejectedError',
      message: 'The input of pause: unknown key "who"; allowed: by, reason',
    })
    expect((await handle.query<SyncProgress>('progress')).paused).toBeUndefined()
    await handle.cancel()
    await expect(report()).rejects.toThrow()
    const unknown = workflowIdOf('none', randomUUID())
    await expect(pauseRun(rig.client, unknown, {}, { taskQueue: rig.taskQueue })).rejects.toMatchObject({
      type: 'RunEndedError',
    })
  }))
