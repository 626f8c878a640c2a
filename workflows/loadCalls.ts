import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  uuid4,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { answerIn, type CallInRun } from '../packages/client/contract/callAnswer.ts'
import { receivedLabel } from '../packages/client/contract/receivedCalls.ts'
import { runNameOf, workflowIdOf } from '../packages/client/contract/runNames.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { OpenCall } from './callQueue.ts'
import { readableFailure } from './readableFailure.ts'
import type { syncRecords } from './syncRecords.ts'

/**
 * Milliseconds until the second look whether a run's workflow, which another receiver has started, has ended; doubled for each
 * later one, since every look leaves the records in the history.
 */
const LOOK_AGAIN = 1_000
const LONGEST_PAUSE = 300_000

function stepsOf(summary: string) {
  return proxyActivities<Activities>({
    startToCloseTimeout: '2 minutes',
    // Whoever called waits for an answer, and can call again.
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds', maximumAttempts: 10 },
    summary,
  })
}

/**
 * Loads the records of some calls in one run and answers each call; what was loaded before is not loaded again.
 * Returns the calls that have to wait for the next run. Never throws: a call is answered or rejected.
 */
export async function loadCalls(sync: string, open: readonly OpenCall[]): Promise<readonly OpenCall[]> {
  const at = Date.now()
  const { runId } = runNameOf(workflowIdOf(sync, receivedLabel(at, uuid4().slice(0, 8))))
  const byId = new Map(open.map(one => [one.call.id, one]))
  try {
    const calls = open.map(({ call }) => call)
    const admitted = await stepsOf(`admit ${counted(calls.length, 'call')}`).admitCalls({ sync, runId, at, calls })
    for (const { id, answer } of admitted.answered) byId.get(id)?.answer.resolve(answer)
    for (const { id, runId } of admitted.removed) byId.get(id)?.answer.reject(removedFailure(id, runId))
    for (const id of admitted.taken) byId.get(id)?.answer.reject(takenFailure(id))
    for (const calls of byRun([...admitted.admitted, ...admitted.unfinished])) await answerByRun(sync, calls, byId)
    return open.filter(({ call }) => admitted.later.includes(call.id))
  } catch (error) {
    for (const { answer } of open) answer.reject(readableFailure(error) as Error)
    return []
  }
}

function byRun(calls: readonly CallInRun[]): readonly (readonly CallInRun[])[] {
  return [...Map.groupBy(calls, ({ runId }) => runId).values()]
}

async function answerByRun(
  sync: string,
  calls: readonly CallInRun[],
  open: ReadonlyMap<string, OpenCall>,
): Promise<void> {
  const runId = calls[0]?.runId ?? ''
  try {
    const report = await run(sync, runId, calls)
    for (const call of calls) {
      const answer = answerIn(report, call)
      if (answer === undefined) throw endedFailure(runId, 'ended without results')
      open.get(call.id)?.answer.resolve(answer)
    }
  } catch (error) {
    for (const { id } of calls) open.get(id)?.answer.reject(failureOf(error, runId))
  }
}

async function run(sync: string, runId: string, calls: readonly CallInRun[]): Promise<RunReport> {
  const records = calls.reduce((sum, call) => sum + call.records, 0)
  const summary = `${counted(records, 'record')} of ${counted(calls.length, 'call')}`
  const input = await stepsOf(`records of run ${runId}`).recallRun({ sync, runId })
  for (let pause = LOOK_AGAIN; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      return await executeChild<typeof syncRecords>('syncRecords', {
        workflowId: runNameOf(runId).workflowId,
        args: [input],
        // What was taken is loaded, whatever becomes of the receiver; a call made again finds it.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: summary,
      })
    } catch (error) {
      if (!isStartedAlready(error)) throw error
      await sleep(pause)
    }
  }
}

/** By its name: what workflows may import does not hold its class. */
const isStartedAlready = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError'

function failureOf(error: unknown, runId: string): Error {
  if (!(error instanceof ChildWorkflowFailure)) return readableFailure(error) as Error
  const { cause } = error
  if (cause instanceof CancelledFailure) return endedFailure(runId, 'was cancelled')
  if (!(cause instanceof ApplicationFailure)) return endedFailure(runId, 'was ended in Temporal')
  const { message, type } = cause
  return ApplicationFailure.create({ message, ...(type ? { type } : {}), nonRetryable: true, cause: error })
}

function endedFailure(runId: string, how: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'RunEndedError',
    message: `The run ${runId} ${how} before this call was answered. Make the call again under the same id: what was sent is not sent again`,
    nonRetryable: true,
  })
}

/** Says that an id was used for two different calls. */
export function takenFailure(id: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'CallIdTakenError',
    message: `The id ${id} belongs to a call with other records; nothing was loaded. Give this call an id of its own`,
    nonRetryable: true,
  })
}

function removedFailure(id: string, runId: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'CallRemovedError',
    message: `The call ${id} was loaded by the run ${runId}, whose results were removed since; nothing was loaded. To load it again, give it another id`,
    nonRetryable: true,
  })
}

function counted(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
