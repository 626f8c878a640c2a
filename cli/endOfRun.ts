// The end of a run without results in its answer: what is known of it, and what to do next.

import { EMPTY_TALLY } from '../loader/results/tally.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import type { Tally } from '../packages/client/contract/runReport.ts'
import { failureOf } from '../packages/client/failure.ts'
import { count } from '../workflows/page/markdown.ts'
import { shownOutcomes } from '../workflows/page/outcomes.ts'
import { columns, printJson } from './columns.ts'
import { CommandError, EXIT, type ExitCode } from './commandError.ts'
import { type FoundRun, timeText } from './findRun.ts'

/** What the workflow stored in its memo at its end; it may be an older one, or have been terminated. */
type EndMemo = Readonly<Record<string, unknown>>

/** Why a run failed or was cancelled, and what to do next. @param failure what its workflow ended with */
export function earlyEndError(found: FoundRun, failure: unknown): unknown {
  const { runId, handle } = found
  const error = failureOf(failure, { workflowId: handle.workflowId, subject: `The run ${runId}`, remedy: '' })
  const next = nextOf(found)
  if (!(error instanceof LinkError) || next.length === 0) return error
  const code: ExitCode = error.kind === 'usage' ? EXIT.usage : EXIT.runFailed
  const { message } = error
  const reason = message.includes('\n') ? `${message}\n` : `${message.replace(/(?<![.!?])$/, '.')} `
  return new CommandError(`${reason}${next.join(' ')}`, code)
}

/** Prints what is known of a run that ended without a report in its answer. @param reason for `json` */
export function printEarlyEnd(found: FoundRun, json: boolean, reason: string): void {
  const { runId, description, startedAt } = found
  const { closeTime, memo = {} } = description
  const state = endState(description)
  if (json) {
    const { records, files } = memo
    const tally = records === undefined ? undefined : talliedIn(memo)
    printJson({ runId, state, startedAt, endedAt: closeTime, reason, records, tally, files, next: nextOf(found) })
    return
  }
  const shown = [['Records', 'records'], ...shownOutcomes(talliedIn(memo))] as const
  const counts = shown.flatMap(([label, key]) => (typeof memo[key] === 'number' ? [[label, count(memo[key])]] : []))
  const ended = closeTime === undefined ? [] : [['Ended', timeText(closeTime)]]
  const times = [['Started', timeText(startedAt)], ...ended]
  console.log(columns([['Run', runId], ['State', state.replaceAll('_', ' ')], ...times, ...counts, ...filesOf(memo)]))
}

function talliedIn(memo: EndMemo): Partial<Tally> {
  return Object.fromEntries(Object.keys(EMPTY_TALLY).map(key => [key, memo[key]]))
}

/** How a run ended, in the words of its report; Temporal's own status for one that stored none. */
export function endState({ memo, status }: FoundRun['description']): string {
  const outcome = memo?.['outcome']
  return typeof outcome === 'string' ? outcome : status.name.toLowerCase()
}

function filesOf({ files }: EndMemo): readonly (readonly string[])[] {
  const { results, rejected } = (files ?? {}) as { readonly results?: unknown; readonly rejected?: unknown }
  return [
    ...(typeof results === 'string' ? [['Results', results]] : []),
    ...(typeof rejected === 'string' ? [['Rejected', rejected]] : []),
  ]
}

/** A run that was terminated, or whose time ran out, stored nothing at its end. */
export function nextOf({ runId, description: { memo, status } }: FoundRun): readonly string[] {
  const next = memo?.['next']
  if (Array.isArray(next)) return next.filter(line => typeof line === 'string')
  if (status.name !== 'TERMINATED' && status.name !== 'TIMED_OUT') return []
  return [`Next: resume the run; records that were sent are not sent again: sflink sync resume ${runId}`]
}
