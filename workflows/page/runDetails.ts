// The top of a run's page in Temporal's UI, for an operator: what runs, its progress, what it waits for, what was
// rejected, where the files are. Times are UTC and absolute, because the text does not change between two steps.
import { MATCHED_FILE } from '../../loader/protocol/layout.ts'
import { messageTemplate } from '../../loader/results/messageTemplate.ts'
import { loadedRecords, paceOf } from '../../loader/results/tally.ts'
import { RESUME_UPDATE } from '../../packages/client/contract/names.ts'
import type { ErrorCount, RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { endedRun, progressOf, type RunState, rejectionsSoFar } from '../runState.ts'
import { clock, code, count, counted, plain, table } from './markdown.ts'
import { nextSteps } from './nextSteps.ts'
import { loadedWords, shownOutcomes } from './outcomes.ts'
import { pausedText, resumeCommand } from './pausedText.ts'
import { changedFieldsTable, planFiles, planHeadline, planTables } from './planDetails.ts'
import { readingText } from './sourceReading.ts'
import { asDetails } from './summaries.ts'

/** Reasons shown; results.csv has all of them. */
const REASONS_SHOWN = 10

/** @param now milliseconds since the epoch */
export function runDetails(state: RunState, now: number): string {
  return asDetails([
    `### ${plain(headline(state))}`,
    nextStepsOf(state),
    pausedStep(state),
    problemsOf(state),
    currentStep(state),
    purpose(state),
    counts(state, now),
    chunksInProgress(state),
    sourceRead(state),
    recordsFound(state),
    state.planned === undefined ? changedFieldsTable(state.staged?.changedFields ?? [], MATCHED_FILE) : '',
    rejectedTable(state.report?.errors ?? state.planned?.errors ?? rejectionsSoFar(state)),
    filesOf(state),
    notificationErrorOf(state),
  ])
}

const STAGES: Readonly<Record<SyncStage, string>> = {
  waiting: 'Waiting: the source does not exist yet or is still being written; nothing is sent yet',
  connecting: 'Connecting: checks the input and logs in to the org',
  planning: "Planning: validates the field mapping against the org's fields; nothing is sent yet",
  staging: 'Staging: reads and validates the whole source; nothing is sent yet',
  matching: 'Matching: finds the records that the keys mean; nothing is sent yet',
  sending: 'Sending',
  aggregating: 'Aggregating: combines the results of all chunks; every record is settled',
  done: 'Done',
}

function headline(state: RunState): string {
  const ended = endHeadline(state)
  if (ended !== undefined) return ended
  const running = runningHeadline(state)
  return state.paused === undefined ? running : `Paused ${pausedText(state.paused)}. ${running}`
}

function runningHeadline(state: RunState): string {
  if (state.plans && state.stage === 'aggregating')
    return 'Aggregating: combines the verdicts of all records; nothing is sent'
  if (state.stage !== 'sending') return STAGES[state.stage]
  const { settled, records, chunks, chunksDone } = progressOf(state)
  return `Sending: ${count(settled)} of ${counted(records, 'record')} settled, ${count(chunksDone)} of ${counted(chunks, 'chunk')}`
}

/** How a paused run continues. */
function pausedStep({ paused, report, failure, runId }: RunState): string {
  if (paused === undefined || report !== undefined || failure !== undefined) return ''
  return `**Next:** resume the run: ${code(resumeCommand(runId))}, or the update ${code(RESUME_UPDATE)}. Chunks in progress are settled; no other chunk is sent.`
}

/** What the run does now or waits for; while it sends, the table of chunks shows this. */
function currentStep({ stage, step, report, planned, failure }: RunState): string {
  if (stage === 'sending' || report !== undefined || planned !== undefined || failure !== undefined) return ''
  return `Now: ${plain(step.what)}, since ${clock(step.since)} UTC.`
}

function purpose({ settings, runId, startedAt, plans }: RunState): string {
  const started = `${plans ? 'Plan' : 'Run'} ${code(runId)}, started ${clock(startedAt)} UTC`
  if (settings === undefined) return started
  const { operation, object, connection, source } = settings.title
  const org = settings.org === undefined ? '' : ` (org ${code(settings.org)})`
  return `${plans ? 'Plans to load' : 'Loads'} ${code(source)} into **${plain(object)}** (${plain(operation)}) by connection ${code(connection)}${org}. ${started}`
}

function counts(state: RunState, now: number): string {
  if (state.planned !== undefined) return planTables(state.planned)
  const progress = progressOf(state)
  const { records, settled } = progress
  if (records === 0) return ''
  const tally = state.report?.tally ?? progress
  const left = records - settled
  const outcomes = shownOutcomes(tally)
  const head = ['Records', ...outcomes.map(([label]) => label), 'Left']
  const row = [records, ...outcomes.map(([, outcome]) => tally[outcome]), state.report ? 0 : left].map(count)
  const numbers = table(
    head,
    [row],
    head.map(() => '---:'),
  )
  const pace = state.begin && state.stage === 'sending' ? paceOf(state.begin, { at: now, settled }, left) : undefined
  if (pace === undefined || left === 0) return numbers
  return `${numbers}\n\n${count(Math.round(pace.perSecond))} records per second; at this rate all are settled at about ${clock(pace.until)} UTC.`
}

/** Warnings shown; the report has all of them. */
const WARNINGS_SHOWN = 10

/** How the file was read, and what is to be known before its records are sent. */
function sourceRead({ staged }: RunState): string {
  const read = staged?.reading === undefined ? [] : [plain(readingText(staged.reading))]
  const warnings = (staged?.warnings ?? []).slice(0, WARNINGS_SHOWN).map(warning => `**Warning:** ${plain(warning)}`)
  return [...read, ...warnings].join('\n\n')
}

const SEARCHES = { lists: '`IN` lists', job: 'one query job' } as const

/** How the parents of the records, and the records, were found in the org. */
function recordsFound({ staged }: RunState): string {
  const parents = (staged?.parents ?? []).map(
    ({ object, field, by, keys }) =>
      `Found ${plain(object)} records by ${counted(keys, 'value')} of ${code(field)} with ${SEARCHES[by]}.`,
  )
  const lines = (staged?.searches ?? []).map(
    ({ field, by, keys }) => `Found the records of ${counted(keys, 'key')} by ${code(field)} with ${SEARCHES[by]}.`,
  )
  return [...parents, ...lines].join(' ')
}

/** Why records were rejected. Record values are left out: more people see this page than the result files. */
function rejectedTable(rejections: readonly ErrorCount[]): string {
  if (rejections.length === 0) return ''
  const rows = rejections.slice(0, REASONS_SHOWN).map(({ errorCode, count: times, exampleRow, exampleMessage }) => {
    const message = messageTemplate(errorCode, exampleMessage)
    return [count(times), count(exampleRow), `${plain(message)} (${plain(errorCode)})`]
  })
  const left = rejections.length - REASONS_SHOWN
  const more = left > 0 ? `\n\nAnd ${left} more reasons in the results.` : ''
  const head = ['Records', 'First row', 'Why (… replaces a record value)']
  return `**Rejected records**\n\n${table(head, rows, ['---:', '---:', '---'])}${more}`
}

/** Maximum chunks listed one by one. */
const SHOWN = 25

/** Lists each chunk in progress with its step, or what it waits for, and since when. */
function chunksInProgress({ inProgress, staged, sent }: RunState): string {
  if (inProgress.size === 0) return ''
  const all = staged?.chunks.length ?? 0
  const rows = [...inProgress.values()].slice(0, SHOWN).map(({ chunk, words, since }) => {
    const records = `${count(chunk.records)} from row ${count(chunk.firstRow)}`
    return [`${count(chunk.chunk)} of ${count(all)}`, records, plain(words), clock(since)]
  })
  const waiting = all - (sent?.done ?? 0) - inProgress.size
  const more = inProgress.size > SHOWN ? [`And ${count(inProgress.size - SHOWN)} more chunks.`] : []
  const later = waiting > 0 ? [`${count(waiting)} chunks wait to be sent.`] : []
  const tried = 'Pending Activities shows why a step is being retried.'
  return [
    '**In progress**',
    '',
    table(['Chunk', 'Records', 'Now', 'Since (UTC)'], rows),
    '',
    [...more, ...later, tried].join(' '),
  ].join('\n')
}

/** Longest heading, in characters: a longer failure follows it as text. */
const HEADING = 200

/** Lines of a failure shown. The workflow's own failure has them all. */
const PROBLEMS_SHOWN = 15

/** How the run ended, in one line; undefined while it runs. */
function endHeadline({ report, planned, failure }: RunState): string | undefined {
  if (planned !== undefined) return planHeadline(planned)
  if (failure?.outcome === 'failed') {
    const [heading] = failureParts(failure.message)
    return heading === '' ? 'Failed' : `Failed: ${heading}`
  }
  if (report === undefined) return failure === undefined ? undefined : 'Cancelled: nothing was sent'
  const { outcome, records, skipped } = report
  switch (failure?.outcome ?? outcome) {
    case 'completed':
      return `Completed: ${inOrg(report)}`
    case 'completed_with_rejected':
      return `Completed with rejected records: ${inOrg(report)}`
    case 'skipped':
      return `Skipped: ${skipped?.message ?? 'there was nothing to load'}`
    case 'cancelled':
      return `Cancelled before all of ${counted(records, 'record')} were sent: ${inOrg(report)}`
    case 'failed':
      return `Failed: ${inOrg(report)}`
  }
}

function inOrg({ records, tally }: RunReport): string {
  return `${count(loadedRecords(tally))} of ${counted(records, 'record')} ${loadedWords(tally)}`
}

function filesOf({ report, planned, settings }: RunState): string {
  if (planned !== undefined) return planFiles(planned)
  if (report === undefined) return settings === undefined ? '' : `Files of the run: ${code(settings.location)}`
  const { results, rejected, inDoubt } = report.files
  const { failed, inDoubt: doubtful } = report.tally
  const rows = [['Result of each record', code(results)]]
  if (rejected !== undefined) rows.push([`${counted(failed, 'record')} to correct and reload`, code(rejected)])
  if (inDoubt !== undefined) {
    rows.push([`${counted(doubtful, 'record')} to check in the org before reloading`, code(inDoubt)])
  }
  return `**Files**\n\n${table(['', ''], rows)}`
}

/** The first line of a failure for the heading, and the lines that do not fit into it. */
function failureParts(message: string): readonly [heading: string, lines: readonly string[]] {
  const [first = '', ...others] = message.split('\n').map(line => line.trim())
  return first.length > HEADING ? ['', [first, ...others]] : [first, others]
}

/** The problems of a failure, one by one. */
function problemsOf({ failure }: RunState): string {
  if (failure?.outcome !== 'failed') return ''
  const [, lines] = failureParts(failure.message)
  const shown = lines.slice(0, PROBLEMS_SHOWN).map(line => line.replace(/^- /, ''))
  const left = lines.length - shown.length
  const all = left > 0 ? [...shown, `and ${count(left)} more in the failure of the workflow`] : shown
  return all.length === 1 ? plain(all[0] ?? '') : all.map(line => `- ${plain(line)}`).join('\n')
}

/** What a person can do next. */
function nextStepsOf(state: RunState): string {
  const { report, planned, failure } = state
  const outcome = failure?.outcome ?? report?.outcome ?? planned?.outcome
  if (outcome === undefined) return ''
  return nextSteps(endedRun(state, outcome))
    .map(({ words, command }) => `**Next:** ${words}${command === undefined ? '' : `: ${code(command)}`}`)
    .join('\n\n')
}

function notificationErrorOf({ notificationError }: RunState): string {
  if (notificationError === undefined) return ''
  return `**Notification was not sent:** ${plain(notificationError.replaceAll(/\s+/g, ' '))}`
}
