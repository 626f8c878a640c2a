import { setTimeout as sleep } from 'node:timers/promises'
import {
  ApplicationFailure,
  type Client,
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { receiverWorkflowId, TASK_QUEUE } from './contract/names.ts'
import type { AddRecordsAnswer, AddRecordsInput, GivenRecord, ReceiveRecordsInput } from './contract/receiveRecords.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './noWorker.ts'

export type AddRequest = {
  /** Name of a sync in the worker's configuration. */
  readonly sync: string
  /** Names the call, such as an event's number: the same id again gets the first answer and loads nothing. */
  readonly id: string
  /** At most 200, and 1 MB. */
  readonly records: readonly GivenRecord[]
  /** How the receiver works, if this call starts it. */
  readonly receiver?: Omit<ReceiveRecordsInput, 'sync'>
}

/** Milliseconds before the second attempt; doubled for each later one. Temporal accepts ten concurrent calls by default. */
const FIRST_PAUSE = 200
const LONGEST_PAUSE = 5_000
const ATTEMPTS = 20

/**
 * Loads some records together with those of other callers, and resolves with their results, in their order.
 * When too many calls arrive at once, it retries.
 * Throws InputRejectedError, RunFailedError (make the call again under the same id: it resumes, and loads nothing twice), NoWorkerError.
 */
export async function addRecords(
  client: Client,
  { sync, id, records, receiver }: AddRequest,
  { taskQueue = TASK_QUEUE }: QueueOptions = {},
): Promise<AddRecordsAnswer> {
  const workflowId = receiverWorkflowId(sync)
  const call: AddRecordsInput = { id, records }
  const input: ReceiveRecordsInput = { ...receiver, sync }
  const attempt = (): Promise<AddRecordsAnswer> =>
    client.workflow.executeUpdateWithStart('addRecords', {
      args: [call],
      startWorkflowOperation: new WithStartWorkflowOperation('receiveRecords', {
        taskQueue,
        workflowId,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    })
  try {
    return await orNoWorker(withPatience(attempt), { client, taskQueue, workflowId })
  } catch (error) {
    throw failureOf(error, { workflowId })
  }
}

/** Another attempt is harmless: the id makes it the same call. */
async function withPatience<T>(attempt: () => Promise<T>): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (number === ATTEMPTS || !isPassing(error)) throw error
      await sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1)) * (0.5 + Math.random()))
    }
  }
}

/** Failures of calls that arrived while the receiver was restarting or ending. */
const PASSING_TYPES: ReadonlySet<string> = new Set([
  'ReceiverBusyError',
  'ReceiverStoppedError',
  'AcceptedUpdateCompletedWorkflow',
])
/** gRPC codes. NOT_FOUND: the receiver ended when the call arrived. */
const PASSING_CODES: ReadonlySet<number> = new Set([5, 8, 10, 14])

function isPassing(error: unknown): boolean {
  if (error instanceof WorkflowUpdateFailedError) {
    return error.cause instanceof ApplicationFailure && PASSING_TYPES.has(error.cause.type ?? '')
  }
  const status = error instanceof ServiceError ? error.cause : error
  return isGrpcServiceError(status) && PASSING_CODES.has(status.code)
}
