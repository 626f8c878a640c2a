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
import { ADD_RECORDS_UPDATE } from '../packages/client/contract/names.ts'
import {
  type AddRecordsAnswer,
  type AddRecordsInput,
  addRecordsInputSchema,
  DEFAULT_GATHER,
  DEFAULT_IDLE,
  type ReceiveRecordsInput,
  receiveRecordsInputSchema,
} from '../packages/client/contract/receiveRecords.ts'
import { CallQueue } from './callQueue.ts'
import { failureOf } from './failures.ts'
import { loadCalls, takenFailure } from './loadCalls.ts'
import { LAST_CALLS, MAX_RECEIVER_HISTORY } from './policies.ts'
import { requireInput } from './requireInput.ts'

const EXAMPLE = { sync: 'contacts' }
const CALL_EXAMPLE = { id: 'order-4712', records: [{ last_name: 'Silva' }] }

export const addRecordsUpdate = defineUpdate<AddRecordsAnswer, [AddRecordsInput]>(ADD_RECORDS_UPDATE)

/**
 * Receives records from services, gathers calls that arrive together, loads them with `syncRecords`, and answers each call with
 * the results of its records. Each sync has one receiver; it ends when no calls arrive, and the next call starts it again. A call
 * repeated under its id gets the first answer and loads nothing, also from a later receiver.
 */
export async function receiveRecords(input: ReceiveRecordsInput): Promise<void> {
  const queue = new CallQueue()
  const gate = new AdmissionGate()
  setHandler(addRecordsUpdate, call => take(call, queue, gate), {
    validator: call => {
      requireInput(receiveRecordsInputSchema, input, EXAMPLE)
      const problem = inputProblem(addRecordsInputSchema, call, 'The call of addRecords', CALL_EXAMPLE)
      if (problem !== undefined) throw failureOf('InputRejectedError', problem, 'usage')
      gate.requireOpen()
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

// A receiver that is never idle would keep its build forever. It moves to the new build, and the stored histories prove that it can.
// The server rejects the option from a worker without a deployment, whose name is empty then.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  receiveRecords,
)

async function take(call: AddRecordsInput, queue: CallQueue, gate: AdmissionGate): Promise<AddRecordsAnswer> {
  gate.count()
  const same = queue.find(call.id)
  if (same === undefined) return queue.add(call)
  if (same.text !== recordsText(call.records)) throw takenFailure(call.id)
  return same.answer.promise
}

async function receive(input: ReceiveRecordsInput, queue: CallQueue): Promise<void> {
  for (;;) {
    const called = await condition(() => !queue.isEmpty, input.idleFor ?? DEFAULT_IDLE)
    if (!called && queue.isEmpty && allHandlersFinished()) return
    const gatherFor = input.gatherFor ?? DEFAULT_GATHER
    if (gatherFor > 0) await condition(() => queue.isFull, gatherFor)
    if (!queue.isEmpty) {
      // Records that are being sent are settled, even if the receiver is cancelled meanwhile.
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
    failureOf(
      'ReceiverStoppedError',
      `The receiver of ${sync} was cancelled, and call ${id} was not loaded. Make it again`,
      'transient',
    ),
  )
  await condition(allHandlersFinished)
}

/** Whether calls are still accepted. */
class AdmissionGate {
  #lastCalls = 0
  #isClosed = false

  count(): void {
    if (workflowInfo().continueAsNewSuggested) this.#lastCalls += 1
  }

  close(): void {
    this.#isClosed = true
  }

  /** Throws ApplicationFailure for a call that should be repeated a moment later. */
  requireOpen(): void {
    const { continueAsNewSuggested, historySize } = workflowInfo()
    const isDue = continueAsNewSuggested && (this.#lastCalls >= LAST_CALLS || historySize > MAX_RECEIVER_HISTORY)
    if (!isDue && !this.#isClosed) return
    throw failureOf('ReceiverBusyError', 'The receiver is restarting. Retry in one second', 'transient')
  }
}
