// What a run is to do, in the words that people read in Temporal's UI.

import { OPERATION_BY_COLUMN, type SearchValues } from '../../packages/client/contract/searchAttributes.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** Plain JSON: it goes through the workflow. */
export type RunTitle = {
  readonly sync?: string
  /** `create`, or `create, update or upsert by column contact_action`. */
  readonly operation: string
  readonly object: string
  readonly connection: string
  /** URI of the source, or `200 inline records`. */
  readonly source: string
}

export function titleOf(spec: SyncSpec, sync: string | undefined): RunTitle {
  const { object, connection, operation, source } = spec
  return {
    ...(sync === undefined ? {} : { sync }),
    operation: typeof operation === 'string' ? operation : `create, update or upsert by column ${operation.column}`,
    object,
    connection,
    source: 'uri' in source ? source.uri : `${source.inline.length} inline records`,
  }
}

/** Most bytes that Temporal takes of a summary. */
const SUMMARY_BYTES = 400

/** `file:data/contacts.csv into Contact in production (create)`, cut to what Temporal takes. */
export function runSummary({ operation, object, connection, source }: RunTitle): string {
  return asSummary(`${source} into ${object} in ${connection} (${operation})`)
}

/** Temporal rejects a longer one. */
export function asSummary(text: string): string {
  return cutToBytes(text, SUMMARY_BYTES)
}

/** What is known of a run before it starts. */
export function searchValuesOf({ operation, object }: SyncSpec, sync: string | undefined): SearchValues {
  return {
    ...(sync === undefined ? {} : { SflinkSync: sync }),
    SflinkObject: object,
    SflinkOperation: typeof operation === 'string' ? operation : OPERATION_BY_COLUMN,
  }
}

/** The text, or as much of its beginning as leaves room for an ellipsis. Runs in workflows too, where there is no Buffer. */
export function cutToBytes(text: string, most: number): string {
  if (bytesOf(text) <= most) return text
  let bytes = bytesOf('…')
  let cut = ''
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > most) return `${cut}…`
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
