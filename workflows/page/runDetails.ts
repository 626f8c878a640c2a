// The top of a run's page in Temporal's UI, for whoever opens it at 3 a.m.: what runs, how far it is, what it waits for, what
// was rejected, where the files are. Times are UTC and absolute: the text stands still between two steps.

import { paceOf } from '../../loader/results/pace.ts'
import { cutToBytes } from '../../loader/spec/runTitle.ts'
import type { SyncStage } from '../../packages/client/contract/messages.ts'
import { progressOf, rejectionsSoFar } from '../runProgress.ts'
import type { RunState } from '../runState.ts'
import { chunksUnderWay } from './chunksUnderWay.ts'
import { endHeadline, filesOf, nextStep, untoldOf } from './endDetails.ts'
import { code, count, counted, plain, table } from './markdown.ts'
import { rejectedTable } from './rejectedTable.ts'
import { clock } from './times.ts'

/** Most bytes that Temporal takes. */
const DETAILS_BYTES = 20_000

/** @param now milliseconds since the epoch */
export function runDetails(state: RunState, now: number): string {
  const parts = [
    `### ${plain(headline(state))}`,
    purpose(state),
    counts(state, now),
    chunksUnderWay(state),
    rejectedTable(state.report?.errors ?? rejectionsSoFar(state)),
    filesOf(state),
    nextStep(state),
    untoldOf(state),
  ]
  return cutToBytes(parts.filter(part => part !== '').join('\n\n'), DETAILS_BYTES)
}

const STAGES: Readonly<Record<SyncStage, string>> = {
  waiting: 'Waiting: the source is not there yet, or still being written; nothing is sent yet',
  connecting: 'Connecting: checks the input and logs in to the org',
  planning: "Planning: holds the mapping against the org's fields; nothing is sent yet",
  staging: 'Staging: reads and checks the whole source; nothing is sent yet',
  sending: 'Sending',
  aggregating: 'Aggregating: writes the results of all chunks together; every record is settled',
  done: 'Done',
}

function headline(state: RunState): string {
  const ended = endHeadline(state)
  if (ended !== undefined) return ended
  if (state.stage !== 'sending') return STAGES[state.stage]
  const { settled, records, chunks, chunksDone } = progressOf(state)
  return `Sending: ${count(settled)} of ${counted(records, 'record')} settled, ${count(chunksDone)} of ${counted(chunks, 'chunk')}`
}

function purpose({ settings, runId }: RunState): string {
  if (settings === undefined) return `Run ${code(runId)}`
  const { operation, object, connection, source } = settings.title
  const org = settings.org === undefined ? '' : ` (org ${code(settings.org)})`
  return `Loads ${code(source)} into **${plain(object)}** (${plain(operation)}) by connection ${code(connection)}${org}. Run ${code(runId)}`
}

function counts(state: RunState, now: number): string {
  const progress = progressOf(state)
  const { records, settled, created, updated, failed, inDoubt } = progress
  if (records === 0) return ''
  const { tally } = state.report ?? { tally: { created, updated, failed, inDoubt } }
  const left = records - settled
  const head = ['Records', 'Created', 'Updated', 'Failed', 'In doubt', 'Left']
  const row = [records, tally.created, tally.updated, tally.failed, tally.inDoubt, state.report ? 0 : left].map(count)
  const numbers = table(
    head,
    [row],
    head.map(() => '---:'),
  )
  const pace = state.begin && state.stage === 'sending' ? paceOf(state.begin, { at: now, settled }, left) : undefined
  if (pace === undefined || left === 0) return numbers
  return `${numbers}\n\n${count(Math.round(pace.perSecond))} records per second; at this rate all are settled at about ${clock(pace.until)} UTC.`
}
