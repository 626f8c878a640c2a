import {
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
import { recordsText } from '../loader/calls/composeRun.ts'
import { inputProblem } from '../packages/client/contract/issues.ts'
import {
  type AddRecordsAnswer,
  type AddRecordsInput,
  addRecordsInputSchema,
  type ReceiveRecordsInput,
  receiveRecordsInputSchema,
} from '../packages/client/contract/receiveRecords.ts'
import { CallQueue } from './callQueue.ts'
import { finalFailure, requireInput } from './failures.ts'
import { loadCalls, takenFailure } from './loadCalls.ts'
import { RECEIVER } from './policies.ts'

const EXAMPLE = { sync: 'contacts' }
const CALL_EXAMPLE = { id: 'order-4712', records: [{ last_name: 'Silva' }] }

const addRecordsUpdate = defineUpdate<AddRecordsAnswer, [AddRecordsInput]>('addRecords')

/**
 * Receives records from services, a few at a time, gathers calls that arrive together, loads them by `syncRecords`, and answers
 * each call with the results of its records. One receiver runs per sync; it ends when idle, and the next call starts it again.
 * A call repeated with the same id gets the first answer and loads nothing, also from a later receiver.
 */
export async function receiveRecords(input: ReceiveRecordsInput): Promise<void> {
  const queue = new CallQueue()
  const gate = new AdmissionGate()
  setHandler(addRecordsUpdate, call => take(call, queue, gate), {
    validator: call => {
      requireInput(receiveRecordsInputSchema, input, EXAMPLE)
      const problem = inputProblem(addRecordsInputSchema, call, 'The input of addRecords', CALL_EXAMPLE)
      if (problem !== undefined) throw finalFailure('InputRejectedError', problem, 'usage')
      gate.check()
    },
  })
  requireInput(receiveRecordsInputSchema, input, EXAMPLE)
  try {
    await receive(input, queue)
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stop(input, queue, gate))
    throw error
  }
}

// A receiver that is never idle would keep its build forever, so it upgrades automatically; the replayed histories prove this safe.
// The server rejects the option from a worker without a deployment, whose name is empty.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  receiveRecords,
)

async function take(call: AddRecordsInput, queue: CallQueue, gate: AdmissionGate): Promise<AddRecordsAnswer> {
  gate.countCall()
  const same = queue.find(call.id)
  if (same === undefined) return queue.add(call)
  if (same.text !== recordsText(call.records)) throw takenFailure(call.id)
  return same.answer.promise
}

async function receive(input: ReceiveRecordsInput, queue: CallQueue): Promise<void> {
  for (;;) {
    const came = await condition(() => !queue.isEmpty, input.idleFor ?? RECEIVER.idleFor)
    if (!came && queue.isEmpty && allHandlersFinished()) return
    const gatherFor = input.gatherFor ?? RECEIVER.gatherFor
    if (gatherFor > 0) await condition(() => queue.isFull, gatherFor)
    if (!queue.isEmpty) {
      // Records being sent are settled even if the receiver is cancelled.
      await CancellationScope.nonCancellable(async () => queue.putBack(await loadCalls(input.sync, queue.take())))
    }
    if (!workflowInfo().continueAsNewSuggested) continue
    await condition(() => allHandlersFinished() || !queue.isEmpty)
    if (queue.isEmpty) await continueAsNew<typeof receiveRecords>(input)
  }
}

async function stop({ sync }: ReceiveRecordsInput, queue: CallQueue, gate: AdmissionGate): Promise<void> {
  gate.close()
  queue.rejectAll(({ id }) =>
    finalFailure(
      'ReceiverStoppedError',
      `The receiver of ${sync} was cancelled, and call ${id} was not loaded. Repeat the call`,
      'transient',
    ),
  )
  await condition(allHandlersFinished)
}

/** Decides whether the receiver still accepts calls. */
class AdmissionGate {
  #lastCalls = 0
  #isClosed = false

  countCall(): void {
    if (workflowInfo().continueAsNewSuggested) this.#lastCalls += 1
  }

  close(): void {
    this.#isClosed = true
  }

  /** Throws ApplicationFailure when the caller has to retry a moment later. */
  check(): void {
    const { continueAsNewSuggested, historySize } = workflowInfo()
    const isDue =
      continueAsNewSuggested && (this.#lastCalls >= RECEIVER.lastCalls || historySize > RECEIVER.largestHistory)
    if (!isDue && !this.#isClosed) return
    throw finalFailure('ReceiverBusyError', 'The receiver is restarting. Retry in one second', 'transient')
  }
}
