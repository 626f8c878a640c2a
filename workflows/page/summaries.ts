// Texts cut to what Temporal accepts.
import type { RunTitle } from '../../loader/spec/runTitle.ts'
import type { FieldMapping, SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { code, plain, table } from './markdown.ts'

/** Maximum bytes of a summary. */
const SUMMARY_BYTES = 400
/** Maximum bytes of details. */
const DETAILS_BYTES = 20_000

/** `file:data/contacts.csv into Contact in production (create)` */
export function runSummary({ operation, object, connection, source }: RunTitle): string {
  return asSummary(`${source} into ${object} in ${connection} (${operation})`)
}

/** Temporal rejects a longer summary. */
export function asSummary(text: string): string {
  return cutToBytes(text, SUMMARY_BYTES)
}

/** Joins the parts that are not empty. Temporal rejects longer details. */
export function asDetails(parts: readonly string[]): string {
  return cutToBytes(parts.filter(part => part !== '').join('\n\n'), DETAILS_BYTES)
}

/** Returns the text, or as much of its beginning as leaves room for an ellipsis. Workflows have no Buffer. */
function cutToBytes(text: string, limit: number): string {
  if (bytesOf(text) <= limit) return text
  let bytes = bytesOf('…')
  let cut = ''
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > limit) return `${cut}…`
    cut += character
  }
  return cut
}

function bytesOf(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += 1 + Number(point > 0x7f) + Number(point > 0x7ff) + Number(point > 0xffff)
  }
  return bytes
}

/** @param startedBy a sentence such as "Started by `sflink sync run nightly`." @param runId undefined while it is unknown */
export function startDetails(spec: SyncSpec, startedBy: string, runId?: string): string {
  const rows = Object.entries(spec.fields).map(([field, mapping]) => [plain(field), sourceOf(mapping)])
  const { keyField, externalIdField, maxRejected } = spec
  const facts = [
    ...(keyField === undefined ? [] : [`Existing records are found by ${code(keyField)}.`]),
    ...(externalIdField === undefined ? [] : [`Upsert by the External ID field ${code(externalIdField)}.`]),
    ...(maxRejected === undefined
      ? []
      : [`Nothing is sent if more than ${maxRejected} records are rejected before sending.`]),
  ]
  const results = runId === undefined ? '' : ` Results: ${code(`sflink sync results ${runId}`)}`
  return asDetails([`${startedBy}${results}`, facts.join(' '), table([`Field of ${plain(spec.object)}`, 'From'], rows)])
}

function sourceOf(mapping: FieldMapping): string {
  return 'column' in mapping ? `column ${code(mapping.column)}` : `always ${code(mapping.value)}`
}
