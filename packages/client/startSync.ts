import type { Client } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { type RunName, runIdOfWorkflow, TASK_QUEUE, type WorkflowType, workflowIdOf } from './contract/names.ts'
import type { GivenRecord } from './contract/receiveRecords.ts'
import type { ControlAnswer, ControlInput } from './contract/runControl.ts'
import type { RunReport } from './contract/runReport.ts'
import { present } from './contract/scalars.ts'
import type { SyncProgress, SyncRecordsInput } from './contract/syncRecords.ts'
import type { SyncSpecInput } from './contract/syncSpec.ts'
import { pauseRun, resumeRun } from './controlRun.ts'
import { failureOf } from './failure.ts'
import { progressOf } from './followRun.ts'
import { orNoWorker } from './noWorker.ts'
import { labelRejected, startOnce } from './startOnce.ts'

export type SyncRequest = {
  /** Name of a sync in the worker's configuration. */
  readonly sync: string
  /** Names this load of the sync, such as a date or an order number: the same label is the same load. */
  readonly label: string
  /** Records in place of the sync's source; at most 1 MB. */
  readonly records?: readonly GivenRecord[]
  /** Keys in place of the sync's own; null removes a key. */
  readonly spec?: { readonly [Key in keyof SyncSpecInput]?: SyncSpecInput[Key] | null }
  /** Id of a run of the sync whose failed records are loaded again. */
  readonly retryOf?: string
  /** Id of a run of the sync that is undone. */
  readonly undoOf?: string
  /** ISO 8601 with an offset: fills `{date}` and the other placeholders in the sync's source. */
  readonly scheduledTime?: string
  /**
   * Whether the report carries the result of every record; possible up to 200 records.
   * @default true with `records`, else false
   */
  readonly inlineResults?: boolean
}

export type StartedSync = {
  /** `sync/contacts/2026-11-25`; what the Temporal UI shows. */
  readonly workflowId: string
  /** `contacts.2026-11-25`; what `sflink sync status` takes and the run store has. */
  readonly runId: string
  /** Waits for the end, also without a worker. Throws RunFailedError and InputRejectedError. */
  result(): Promise<RunReport>
  /** The progress. Needs a worker. */
  progress(): Promise<SyncProgress>
  /** Starts no more chunks until `resume`. Needs a worker. Throws what `pauseRun` throws. */
  pause(input?: ControlInput): Promise<ControlAnswer>
  /** Continues a load that was paused. Needs a worker. Throws what `resumeRun` throws. */
  resume(input?: ControlInput): Promise<ControlAnswer>
  /** Asks it to stop; records already sent are accounted for. */
  cancel(): Promise<void>
}

/**
 * Starts a load, once: while one of the same sync and label runs, or when it has completed, that one is returned. A load that failed or
 * was cancelled resumes where it stopped.
 * Throws RunDiffersError when it had another input, InputRejectedError for an invalid label and an input of more than 1 MB.
 */
export async function startSync(
  client: Client,
  request: SyncRequest,
  options: QueueOptions = {},
): Promise<StartedSync> {
  return startedSync(client, await startOfSync(client, 'syncRecords', request, options), options)
}

/** Starts a workflow of the sync and label unless it runs or has completed. Throws what `startSync` throws. */
export async function startOfSync(
  client: Client,
  type: Extract<WorkflowType, 'syncRecords' | 'planRecords'>,
  request: SyncRequest,
  options: QueueOptions,
): Promise<RunName> {
  const workflowId = workflowIdOf(request.sync, request.label)
  const runId = runIdOfWorkflow(workflowId)
  if (runId === undefined) throw labelRejected('sync', request.sync, request.label)
  const run = { workflowId, runId }
  await startOnce(client, { type, run, input: inputOf(request), keys: LOAD_KEYS }, options)
  return run
}

/** What is a load. The workflow adds other keys. */
const LOAD_KEYS = ['sync', 'spec', 'retryOf', 'undoOf', 'scheduledTime', 'timeZone', 'inlineResults'] as const

/**
 * Loads, once, and waits for the report: `startSync` and its result.
 * Throws RunFailedError, InputRejectedError, RunDiffersError, and NoWorkerError when no worker polls.
 */
export async function runSync(client: Client, request: SyncRequest, options: QueueOptions = {}): Promise<RunReport> {
  const { workflowId, result } = await startSync(client, request, options)
  return orNoWorker(result(), { client, taskQueue: options.taskQueue ?? TASK_QUEUE, workflowId })
}

function inputOf({ sync, records, spec, ...settings }: SyncRequest): SyncRecordsInput {
  const { retryOf, undoOf, scheduledTime, inlineResults } = settings
  const keys = { ...spec, ...(records === undefined ? {} : { source: { inline: records } }) }
  const changed = Object.keys(keys).length === 0 ? undefined : keys
  return { sync, ...present({ spec: changed, retryOf, undoOf, scheduledTime, inlineResults }) }
}

/** The methods of a load that was started. */
export function startedSync(client: Client, { workflowId, runId }: RunName, options: QueueOptions): StartedSync {
  const handle = client.workflow.getHandle(workflowId)
  return {
    workflowId,
    runId,
    result: () =>
      (handle.result() as Promise<RunReport>).catch(error => {
        throw failureOf(error, { workflowId })
      }),
    progress: () => progressOf(handle),
    pause: input => pauseRun(client, workflowId, input, options),
    resume: input => resumeRun(client, workflowId, input, options),
    cancel: async () => {
      await handle.cancel()
    },
  }
}
