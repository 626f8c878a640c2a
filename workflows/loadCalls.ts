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
import { answerIn, type CallInRun } from '../loader/calls/composeRun.ts'
import { receivedLabel, runNameOf, workflowIdOf } from '../packages/client/contract/names.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { OpenCall } from './callQueue.ts'
import { finalFailure, readableFailure } from './failures.ts'
import { counted } from './page/markdown.ts'
import { ADMIT_CALLS, nextPause, STARTED_RUN_BACKOFF } from './policies.ts'
import type { syncRecords } from './syncRecords.ts'

const steps = (summary: string) => proxyActivities<Activities>({ ...ADMIT_CALLS, summary })

/**
 * Loads the records of the given calls in one run and answers each call. Records loaded before are not loaded again.
 * Returns the calls that must wait for the next run. Never throws: a call is answered or rejected.
 */
export async function loadCalls(sync: string, open: readonly OpenCall[]): Promise<readonly OpenCall[]> {
  const at = Date.now()
  const { runId } = runNameOf(workflowIdOf(sync, receivedLabel(at, uuid4().slice(0, 8))))
  const byId = new Map(open.map(call => [call.call.id, call]))
  try {
    const calls = open.map(({ call }) => call)
    const admitted = await steps(`admit ${counted(calls.length, 'call')}`).admitCalls({ sync, runId, at, calls })
    for (const { id, answer } of admitted.answered) byId.get(id)?.answer.resolve(answer)
    for (const { id, runId } of admitted.removed) byId.get(id)?.answer.reject(removedFailure(id, runId))
    for (const id of admitted.taken) byId.get(id)?.answer.reject(takenFailure(id))
    const byRun = Map.groupBy([...admitted.admitted, ...admitted.unfinished], ({ runId }) => runId)
    for (const calls of byRun.values()) await answerByRun(sync, calls, byId)
    return open.filter(({ call }) => admitted.later.includes(call.id))
  } catch (error) {
    for (const { answer } of open) answer.reject(readableFailure(error) as Error)
    return []
  }
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
    for (const { id } of calls) open.get(id)?.answer.reject(callFailure(error, runId))
  }
}

async function run(sync: string, runId: string, calls: readonly CallInRun[]): Promise<RunReport> {
  const records = calls.reduce((sum, call) => sum + call.records, 0)
  const summary = `${counted(records, 'record')} of ${counted(calls.length, 'call')}`
  const input = await steps(`records of run ${runId}`).recallRun({ sync, runId })
  for (let pause = STARTED_RUN_BACKOFF.first; ; pause = nextPause(pause, STARTED_RUN_BACKOFF)) {
    try {
      return await executeChild<typeof syncRecords>('syncRecords', {
        workflowId: runNameOf(runId).workflowId,
        args: [input],
        // Admitted records are loaded even if the receiver ends; a repeated call finds them.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: summary,
      })
    } catch (error) {
      if (!isStartedAlready(error)) throw error
      await sleep(pause)
    }
  }
}

/** Tests the name, because workflows cannot import the class. */
const isStartedAlready = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError'

function callFailure(error: unknown, runId: string): Error {
  if (!(error instanceof ChildWorkflowFailure)) return readableFailure(error) as Error
  const { cause } = error
  if (cause instanceof CancelledFailure) return endedFailure(runId, 'was cancelled')
  if (!(cause instanceof ApplicationFailure)) return endedFailure(runId, 'was ended in Temporal')
  const { message, type, details } = cause
  return ApplicationFailure.create({
    message,
    ...(type ? { type } : {}),
    ...(details ? { details } : {}),
    nonRetryable: true,
    cause: error,
  })
}

function endedFailure(runId: string, how: string): ApplicationFailure {
  const message = `The run ${runId} ${how} before this call was answered. Repeat the call with the same id: records already sent are not sent again`
  return finalFailure('RunEndedError', message, 'fatal')
}

export function takenFailure(id: string): ApplicationFailure {
  const message = `The id ${id} belongs to a call with other records; nothing was loaded. Use a new id for this call`
  return finalFailure('CallIdTakenError', message, 'usage')
}

function removedFailure(id: string, runId: string): ApplicationFailure {
  const message = `The call ${id} was loaded by the run ${runId}, whose results have been removed; nothing was loaded. To load it again, use a new id`
  return finalFailure('CallRemovedError', message, 'usage')
}
