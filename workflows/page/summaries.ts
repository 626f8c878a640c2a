// Texts cut to what Temporal accepts.

import type { RunTitle } from '../../loader/spec/runTitle.ts'

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
