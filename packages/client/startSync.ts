import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { type RunName, runIdOfWorkflow, TASK_QUEUE, type WorkflowType, workflowIdOf } from './contract/names.ts'
import { MAX_INLINE_BYTES } from './contract/operations.ts'
import type { GivenRecord } from './contract/receiveRecords.ts'
import type { ControlAnswer, ControlInput } from './contract/runControl.ts'
import type { RunReport } from './contract/runReport.ts'
import { jsonBytes, present } from './contract/scalars.ts'
import type { SyncProgress, SyncRecordsInput } from './contract/syncRecords.ts'
import type { SyncSpecInput } from './contract/syncSpec.ts'
import { pauseRun, resumeRun } from './controlRun.ts'
import { decodedPayload } from './encryption/encryptionCodec.ts'
import { InputRejectedError, RunDiffersError } from './errors.ts'
import { failureOf } from './failure.ts'
import { progressOf } from './followRun.ts'
import { orNoWorker } from './noWorker.ts'

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
  return startedSync(client, await startOnce(client, 'syncRecords', request, options), options)
}

/** Starts a workflow of the sync and label unless it runs or has completed. Throws what `startSync` throws. */
export async function startOnce(
  client: Client,
  type: Extract<WorkflowType, 'syncRecords' | 'planRecords'>,
  request: SyncRequest,
  { taskQueue = TASK_QUEUE }: QueueOptions,
): Promise<RunName> {
  const workflowId = workflowIdOf(request.sync, request.label)
  const runId = runIdOfWorkflow(workflowId)
  if (runId === undefined) throw labelRejected(request)
  const input = inputOf(request)
  const bytes = jsonBytes(input)
  if (bytes > MAX_INLINE_BYTES) throw inputTooLarge(workflowId, bytes)
  try {
    await client.workflow.start(type, {
      taskQueue,
      workflowId,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      memo: { runId },
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
  const started = await startOf(client, workflowId)
  if (started.type !== type || loadOf(started.input) !== loadOf(input)) throw new RunDiffersError(workflowId)
  return { workflowId, runId }
}

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

function inputTooLarge(workflowId: string, bytes: number): InputRejectedError {
  return new InputRejectedError(
    'InputRejectedError',
    `The input of ${workflowId} takes ${bytes} bytes as JSON; allowed are ${MAX_INLINE_BYTES}. Put the records into a file and give its uri, or make several loads`,
  )
}

function labelRejected({ sync, label }: SyncRequest): InputRejectedError {
  return new InputRejectedError(
    'InputRejectedError',
    `A load is named by a sync (letters, digits, _ and -) and a label without / and \\; given sync ${JSON.stringify(sync)} and label ${JSON.stringify(label)}`,
  )
}

/** The input of the workflow that has the id now, running or ended. */
export async function startedInput(client: Client, workflowId: string): Promise<SyncRecordsInput> {
  return (await startOf(client, workflowId)).input
}

type Start = { readonly type: string; readonly input: SyncRecordsInput }

async function startOf(client: Client, workflowId: string): Promise<Start> {
  const { namespace } = client.options
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  })
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes
  const input = await decodedPayload<SyncRecordsInput>(client, started?.input?.payloads?.[0])
  return { type: started?.workflowType?.name ?? '', input: input ?? {} }
}

/** The input without what the workflow adds, independent of the order of keys. */
function loadOf({ sync, spec, retryOf, undoOf, scheduledTime, timeZone, inlineResults }: SyncRecordsInput): string {
  const load = { sync, spec, retryOf, undoOf, scheduledTime, timeZone, inlineResults }
  return JSON.stringify(load, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}
