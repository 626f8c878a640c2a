import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineUpdate,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow'
import { callProblem, receiverProblem } from '../packages/client/contract/callProblem.ts'
import type { AddRecordsAnswer, AddRecordsInput, ReceiveRecordsInput } from '../packages/client/contract/messages.ts'
import { recordsText } from '../packages/client/contract/receivedCalls.ts'
import { byteLength, CallQueue } from './callQueue.ts'
import { loadCalls, takenFailure } from './loadCalls.ts'

/** Milliseconds. Calls that come while a run is under way gather by themselves. */
const GATHER_FOR = 0
/** Milliseconds without a call after which the receiver ends. */
const IDLE_FOR = 600_000

/** Calls still taken once a new history is due: most often a quiet moment for the change comes before. */
const LAST_CALLS = 20
/** Bytes; Temporal ends a workflow with a history of 50 MiB, and a call may add three times its own size. */
const LARGEST_HISTORY = 16 * 1024 * 1024

const addRecordsUpdate = defineUpdate<AddRecordsAnswer, [AddRecordsInput]>('addRecords')

/**
 * Takes records from services, a few at a time, gathers those that come together, loads them by `syncRecords`, and answers each
 * call with the results of its records. One runs per sync; it ends when nobody calls, and the next call starts it again.
 * A call made again under its id gets the first answer and loads nothing, also from a later receiver.
 */
export async function receiveRecords(input: ReceiveRecordsInput): Promise<void> {
  const queue = new CallQueue()
  const pace = new Pace()
  setHandler(addRecordsUpdate, call => take(call, queue, pace), {
    validator: call => {
      const problem = receiverProblem(input) ?? callProblem(call, byteLength)
      if (problem !== undefined) throw rejection('InputRejectedError', problem)
      pace.rejectWhenDue()
    },
  })
  const problem = receiverProblem(input)
  if (problem !== undefined) throw rejection('InputRejectedError', problem)
  try {
    await receive(input, queue)
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stop(input, queue, pace))
    throw error
  }
}

// A receiver that is never idle would hold its build for ever: it moves on, and the stored histories prove that it may.
// The server rejects it of a worker without a deployment, whose name is empty then.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  receiveRecords,
)

async function take(call: AddRecordsInput, queue: CallQueue, pace: Pace): Promise<AddRecordsAnswer> {
  pace.count()
  const same = queue.find(call.id)
  if (same === undefined) return queue.add(call)
  if (same.text !== recordsText(call.records)) throw takenFailure(call.id)
  return same.answer.promise
}

async function receive(input: ReceiveRecordsInput, queue: CallQueue): Promise<void> {
  for (;;) {
    const came = await condition(() => !queue.isEmpty, input.idleFor ?? IDLE_FOR)
    if (!came && queue.isEmpty && allHandlersFinished()) return
    const gatherFor = input.gatherFor ?? GATHER_FOR
    if (gatherFor > 0) await condition(() => queue.isFull, gatherFor)
    if (!queue.isEmpty) {
      // Records that are on their way are settled, also when the receiver is cancelled meanwhile.
      await CancellationScope.nonCancellable(async () => queue.putBack(await loadCalls(input.sync, queue.take())))
    }
    if (!workflowInfo().continueAsNewSuggested) continue
    await condition(() => allHandlersFinished() || !queue.isEmpty)
    if (queue.isEmpty) await continueAsNew<typeof receiveRecords>(input)
  }
}

async function stop({ sync }: ReceiveRecordsInput, queue: CallQueue, pace: Pace): Promise<void> {
  pace.stop()
  queue.rejectAll(({ id }) =>
    rejection(
      'ReceiverStoppedError',
      `The receiver of ${sync} was cancelled, and call ${id} was not loaded. Make it again`,
    ),
  )
  await condition(allHandlersFinished)
}

/** Whether calls may still come in. */
class Pace {
  #lastCalls = 0
  #isStopped = false

  count(): void {
    if (workflowInfo().continueAsNewSuggested) this.#lastCalls += 1
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Throws ApplicationFailure for a call that had better come a moment later. */
  rejectWhenDue(): void {
    const { continueAsNewSuggested, historySize } = workflowInfo()
    const isDue = continueAsNewSuggested && (this.#lastCalls >= LAST_CALLS || historySize > LARGEST_HISTORY)
    if (!isDue && !this.#isStopped) return
    throw rejection('ReceiverBusyError', 'The receiver is about to begin anew. Make the call again in a second')
  }
}

function rejection(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true })
}
