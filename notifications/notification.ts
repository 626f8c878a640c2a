import { failureLine, messageTemplate } from '../loader/results/messageTemplate.ts'
import { loadedRecords } from '../loader/results/tally.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import type { RunOutcome, RunReport, Tally } from '../packages/client/contract/runReport.ts'
import { present } from '../packages/client/contract/scalars.ts'

/** The JSON that a receiver gets. Contains no record values; they are in the files it names. */
export type Notification = {
  /** The same when a notification is sent again because its receipt was not confirmed. */
  readonly id: string
  readonly event: 'failing' | 'recovered' | 'deletions'
  readonly sync?: string
  /** In place of a sync, for a run of a flow. */
  readonly flow?: string
  /** Everything in one text; Slack and similar receivers show it. */
  readonly text: string
  /** UTC, ISO 8601. */
  readonly at: string
  readonly run: {
    readonly runId: string
    readonly workflowId: string
    readonly outcome?: string
    readonly url?: string
  }
  readonly connection?: string
  readonly object?: string
  readonly counts?: { readonly records: number } & Tally
  /** Of a run that plans many deletions, before it sends: records of its source, deletions, and how many are allowed without a notification. */
  readonly deletions?: { readonly records: number; readonly planned: number; readonly allowed: number }
  /** The most frequent first. */
  readonly errors?: readonly { readonly errorCode: string; readonly count: number; readonly message: string }[]
  readonly files?: RunReport['files']
  readonly failure?: { readonly type: string; readonly message: string }
}

export type Wording = {
  readonly id: string
  readonly at: Date
  /** URL of Temporal's UI. */
  readonly temporalUi?: string
  readonly rejectedShare?: number
}

/** Largest number of error codes in a notification. */
const MAX_ERRORS = 5

export function compose(end: RunEnd, state: SyncState, wording: Wording): Notification {
  const { sync, isFlow = false, runId, workflow, outcome, report } = end
  const url = wording.temporalUi === undefined ? undefined : pageOf(wording.temporalUi, workflow)
  const failure = end.failure && { type: end.failure.type, message: failureLine(end.failure.message) }
  const errors = report?.errors.slice(0, MAX_ERRORS).map(({ errorCode, count, exampleMessage }) => {
    return { errorCode, count, message: messageTemplate(errorCode, exampleMessage) }
  })
  const shown = { ...end, ...(failure && { failure }) }
  const sentences = [headline(shown, state, wording.rejectedShare), `Run ${runId}.`, url]
  return {
    id: wording.id,
    event: state === 'ok' ? 'recovered' : 'failing',
    ...(sync !== undefined && { [isFlow ? 'flow' : 'sync']: sync }),
    text: sentences.filter(sentence => sentence !== undefined).join(' '),
    at: wording.at.toISOString(),
    run: { runId, workflowId: workflow.workflowId, outcome, ...(url !== undefined && { url }) },
    ...(report && {
      ...present({ connection: report.connection, object: report.object, files: report.files }),
      counts: { records: report.records, ...report.tally },
      errors: errors ?? [],
    }),
    ...(failure && { failure }),
  }
}

function headline(end: RunEnd, state: SyncState, rejectedShare = 0): string {
  const { report, failure } = end
  const named = `${end.isFlow === true ? 'Flow' : 'Sync'} ${end.sync}`
  const who = end.sync === undefined ? `The load ${end.runId}` : named
  if (state === 'ok') {
    return `${who} has recovered: ${report ? `${loaded(report)} of ${records(report)} loaded` : 'the run completed'}.`
  }
  if (failure !== undefined || report === undefined) {
    const reason = failure === undefined ? 'the run failed.' : sentence(failure.message)
    const reached = report === undefined ? '' : ` ${loaded(report)} of ${records(report)} were loaded before.`
    return `${who} is failing: ${reason}${reached}`
  }
  const rejected = rejectedOf(report)
  const codes = report.errors.slice(0, MAX_ERRORS).map(({ errorCode, count }) => `${number(count)} × ${errorCode}`)
  const rows = report.files?.rejected === undefined ? '' : ` Their rows: ${report.files.rejected}.`
  return (
    `${who} is failing: ${number(rejected)} of ${records(report)} were rejected or are in doubt ` +
    `(${percent(rejected / report.records)}, allowed ${percent(rejectedShare)}): ${codes.join(', ')}.${rows}`
  )
}

const loaded = ({ tally }: NonNullable<RunEnd['report']>): string => number(loadedRecords(tally))

const records = (report: NonNullable<RunEnd['report']>): string =>
  `${number(report.records)} record${report.records === 1 ? '' : 's'}`

const number = (value: number): string => value.toLocaleString('en-US')

/** Three significant digits: 1 of a million is not 0%. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** The page of a run in Temporal's UI. */
export function pageOf(temporalUi: string, { namespace, workflowId, runId }: RunEnd['workflow']): string {
  const parts = ['namespaces', namespace, 'workflows', workflowId, runId, 'user-metadata']
  const path = parts.map(encodeURIComponent).join('/')
  return `${temporalUi.replace(/\/+$/, '')}/${path}`
}

/** Thrown when a notification was not sent. The next attempt, or the next run of the sync, sends it again. */
export class NotificationError extends LinkError {
  override readonly name = 'NotificationError' as const
  readonly kind = 'transient' as const
  readonly channel: string

  /** @param channel `webhook`, `email` @param to host only: the URL of a webhook is a secret */
  constructor(channel: string, to: string, reason: string, advice: string, cause?: unknown) {
    super(
      `Notification by ${channel} to ${to} failed: ${reason}. ${advice}`,
      cause === undefined ? undefined : { cause },
    )
    this.channel = channel
  }
}

/** How a run ended. Plain JSON. */
export type RunEnd = {
  /** Name of the sync, or of the flow; absent for a run of its own spec. */
  readonly sync?: string
  /** Whether it is the end of a run of a flow. @default false */
  readonly isFlow?: boolean
  readonly runId: string
  readonly workflow: WorkflowPlace
  readonly outcome: RunOutcome
  /** Absent when the run failed before its source was read. A flow has connections, objects and files of its own runs only. */
  readonly report?: Pick<RunReport, 'records' | 'tally' | 'errors'> &
    Partial<Pick<RunReport, 'connection' | 'object' | 'files'>>
  /** Whether a caller gets the results and sees the rejected records: then only a failed run counts. @default false */
  readonly answersCaller?: boolean
  /** The error that ended a failed run. */
  readonly failure?: { readonly type: string; readonly message: string }
}

/** A workflow in Temporal. */
export type WorkflowPlace = { readonly namespace: string; readonly workflowId: string; readonly runId: string }

const SYNC_STATES = ['ok', 'failing'] as const
/** State of a sync; a change sends a notification. */
export type SyncState = (typeof SYNC_STATES)[number]

/**
 * The state of the sync after a run; undefined when the run does not change it, such as a cancelled run.
 * @param rejectedShare from 0 to 1; more records rejected or in doubt than this count as failing. @default never
 */
export function stateAfter(
  { outcome, report, answersCaller }: RunEnd,
  rejectedShare: number | undefined,
): SyncState | undefined {
  if (outcome === 'failed') return 'failing'
  if (outcome !== 'completed' && outcome !== 'completed_with_rejected') return undefined
  if (report === undefined || rejectedShare === undefined || answersCaller === true) return 'ok'
  return rejectedOf(report) > rejectedShare * report.records ? 'failing' : 'ok'
}

const rejectedOf = ({ tally }: NonNullable<RunEnd['report']>): number => tally.failed + tally.inDoubt
