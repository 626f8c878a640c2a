import { encodeSoql } from './soql.ts'

/** Bytes. URI and headers together may have 16,384 bytes; 4,096 bytes are reserved for the headers with a token of about 2 kB. */
export const MAX_QUERY_URI = 16_384 - 4_096

/** `SELECT Id, Email FROM Contact WHERE Email IN (` */
export type InQuery = { readonly path: string; readonly head: string }

const TAIL = ')'
const COMMA_BYTES = encodeSoql(',').length

/**
 * The queries that together contain every literal, in order, each as long as its URL allows.
 * Lengths are counted as sent: a quote or a comma takes three bytes.
 */
export function* cutInLists(
  { path, head }: InQuery,
  literals: Iterable<string>,
  maxBytes: number = MAX_QUERY_URI,
): Generator<string> {
  const frame = Buffer.byteLength(path) + encodeSoql(head + TAIL).length
  let list: string[] = []
  let bytes = frame
  for (const literal of literals) {
    const size = encodeSoql(literal).length + COMMA_BYTES
    if (list.length > 0 && bytes + size > maxBytes) {
      yield head + list.join(',') + TAIL
      list = []
      bytes = frame
    }
    list.push(literal)
    bytes += size
  }
  if (list.length > 0) yield head + list.join(',') + TAIL
}
