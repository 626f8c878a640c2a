import { isCancellation, log } from '@temporalio/workflow'
import { failureLine } from '../loader/results/messageTemplate.ts'
import type { SyncRecordsInput } from '../packages/client/contract/messages.ts'
import { failureOf } from './keepEnd.ts'
import type { RunState } from './runState.ts'

/** The one line in the worker's log that a run ends with. @param error what ended it early, if anything */
export function logEnd(state: RunState, { sync }: SyncRecordsInput, error?: unknown): void {
  const { runId: run, settings, report } = state
  const counts = report === undefined ? {} : { records: report.records, ...report.tally }
  const facts = {
    run,
    ...(typeof sync === 'string' ? { sync } : {}),
    ...(settings === undefined ? {} : { connection: settings.connection, object: settings.object }),
    ...counts,
  }
  if (error === undefined) {
    log.info('Run ended', { ...facts, outcome: report?.outcome })
    return
  }
  if (isCancellation(error)) {
    log.warn('Run cancelled', facts)
    return
  }
  const { type, message } = failureOf(error)
  log.error('Run failed', { ...facts, failure: { type, message: failureLine(message) } })
}
