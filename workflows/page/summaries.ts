// Texts cut to what Temporal accepts.
import type { StagedChunk } from '../../loader/protocol/staged.ts'
import type { RunTitle } from '../../loader/spec/runTitle.ts'
import { cutToBytes } from '../../packages/client/contract/boundedText.ts'
import {
  type FieldMapping,
  fileColumn,
  isFileMapping,
  type ParentMapping,
} from '../../packages/client/contract/fieldMapping.ts'
import type { ExistingPolicy, SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { code, count, counted, plain, table } from './markdown.ts'

const SUMMARY_BYTES = 400
const DETAILS_BYTES = 20_000

/** `file:data/contacts.csv into Contact in production (create)` */
export function runSummary({ operation, object, connection, source }: RunTitle): string {
  return asSummary(`${source} into ${object} in ${connection} (${operation})`)
}

/** Temporal rejects a longer summary. */
export function asSummary(text: string): string {
  return cutToBytes(visibleText(text), SUMMARY_BYTES)
}

/** A paragraph of a no-break space: Temporal's UI does not show the last 32 pixels of a text. */
const LAST_PARAGRAPH = '\n\n\u00a0'
const LAST_PARAGRAPH_BYTES = 4

/** Joins the parts that are not empty. Temporal rejects longer details. */
export function asDetails(parts: readonly string[]): string {
  const text = parts.filter(part => part !== '').join('\n\n')
  return cutToBytes(visibleText(text), DETAILS_BYTES - LAST_PARAGRAPH_BYTES) + LAST_PARAGRAPH
}

const EXISTING_WORDS: Readonly<Record<ExistingPolicy, string>> = {
  keep: 'Records that the org has already are not sent.',
  'fill-blanks': 'Of records that the org has, only blank fields are written.',
}

/** @param startedBy a sentence such as "Started by `sflink sync run nightly`." @param runId undefined while it is unknown */
export function startDetails(spec: SyncSpec, startedBy: string, runId?: string): string {
  const rows = Object.entries(spec.fields).map(([field, mapping]) => [plain(field), sourceOf(mapping)])
  const { keyField, externalIdField, existing, maxRejected } = spec
  const facts = [
    ...(keyField === undefined ? [] : [`Existing records are found by ${[keyField].flat().map(code).join(' and ')}.`]),
    ...(externalIdField === undefined ? [] : [`Upsert by the External ID field ${code(externalIdField)}.`]),
    ...(existing === undefined ? [] : [EXISTING_WORDS[existing]]),
    ...(maxRejected === undefined
      ? []
      : [`Nothing is sent if more than ${maxRejected} records are rejected before sending.`]),
  ]
  const results = runId === undefined ? '' : ` Results: ${code(`sflink sync results ${runId}`)}`
  return asDetails([`${startedBy}${results}`, facts.join(' '), table([`Field of ${plain(spec.object)}`, 'From'], rows)])
}

function sourceOf(mapping: FieldMapping): string {
  if ('value' in mapping) return `always ${code(mapping.value)}`
  if ('from' in mapping) return parentSource(mapping)
  if (isFileMapping(mapping)) return `file in column ${code(fileColumn(mapping))}`
  const { column, values, default: blankValue } = mapping
  const listed = values === undefined ? '' : `, ${counted(Object.keys(values).length, 'value')} translated`
  return `column ${code(column)}${listed}${blankValue === undefined ? '' : `, blank: ${code(blankValue)}`}`
}

function parentSource(mapping: ParentMapping): string {
  const found = 'lookup' in mapping ? mapping.lookup : [`the record of sync ${mapping.sync}`]
  const by = mapping.by === undefined ? '' : ` by ${mapping.by.map(code).join(' and ')}`
  return `${found.map(plain).join(' or ')}${by}, column ${mapping.from.map(code).join(' and ')}`
}

/** What a step does with a chunk. */
export type StepWords = {
  /** In the event history: `chunk 3 of 12, attempt 2: upload 100,000 records`. */
  readonly summary: string
  /** In the table of chunks in progress: `uploads 100,000 records`. */
  readonly now: string
}

/** One attempt to send a chunk. */
export type Sending = {
  readonly chunk: StagedChunk
  /** Chunks of the whole run. */
  readonly chunks: number
  readonly attempt: number
  /** Records sent in this attempt. */
  readonly records: number
  /** Whether a job rejected some of them, and requests may pass. @default false */
  readonly needsRequests?: boolean
}

const records = ({ records: sent, chunk }: Sending): string => `${counted(sent, 'record')} to ${chunk.operation}`

function words(sending: Sending, verb: string, now: string): StepWords {
  const { chunk, chunks, attempt } = sending
  const again = attempt === 1 ? '' : `, attempt ${attempt}`
  const wave = chunk.wave === undefined ? '' : `, wave ${chunk.wave + 1}`
  return { summary: asSummary(`chunk ${count(chunk.chunk)} of ${count(chunks)}${wave}${again}: ${verb}`), now }
}

export const STEPS = {
  upload: (sending: Sending) =>
    words(
      sending,
      `upload ${records(sending)}, from row ${count(sending.chunk.firstRow)}`,
      `uploads ${records(sending)}`,
    ),
  commit: (sending: Sending, jobId: string) => words(sending, `commit job ${jobId}`, `commits job ${jobId}`),
  await: (sending: Sending, jobId: string) =>
    words(sending, `wait for job ${jobId}`, `waits for Salesforce to process job ${jobId}`),
  settle: (sending: Sending, jobId: string) =>
    words(sending, `read the results of job ${jobId}`, `reads the results of job ${jobId}`),
  abort: (sending: Sending, jobId: string) => words(sending, `abort job ${jobId}`, `aborts job ${jobId}`),
  send: (sending: Sending) =>
    words(sending, `send ${records(sending)}, from row ${count(sending.chunk.firstRow)}`, `sends ${records(sending)}`),
  pause: (sending: Sending, until: string) =>
    words(
      sending,
      `${counted(sending.records, 'record')} rejected for a transient reason, sent again at ${until} UTC`,
      `waits until ${until} UTC to send again ${counted(sending.records, 'record')} rejected for a transient reason (attempt ${sending.attempt})`,
    ),
  turn: (sending: Sending) =>
    words(
      sending,
      'wait for its turn to send again',
      `waits for its turn to send again ${counted(sending.records, 'record')}`,
    ),
} as const
