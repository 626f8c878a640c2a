// Text for the Temporal UI: Markdown (tables, without images or HTML), times, and the sizes that Temporal accepts.

type Alignment = '---' | '---:'

/** @param head one cell per column; with empty cells the table reads as a list */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Alignment[] = head.map(() => '---'),
): string {
  return [head, align, ...rows.map(row => row.map(cell))].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Escapes Markdown: the message of an error may contain its characters. */
export function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#~]/g, '\\$&')
}

export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
}

/** 1234567 as 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `2 records`, `1 record`. */
export function counted(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`
}

/** `2026-11-25 02:13:05`, UTC. @param milliseconds since the epoch */
export function clock(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')
}

/** Bytes that Temporal accepts in a summary. */
const MAX_SUMMARY_BYTES = 400

/** Bytes that Temporal accepts in details. */
const MAX_DETAILS_BYTES = 20_000

/** Cuts the text to what Temporal accepts as a summary. */
export function asSummary(text: string): string {
  return cutToBytes(text, MAX_SUMMARY_BYTES)
}

/** Joins the parts that are not empty, cut to what Temporal accepts as details. */
export function asDetails(parts: readonly string[]): string {
  return cutToBytes(parts.filter(part => part !== '').join('\n\n'), MAX_DETAILS_BYTES)
}

/** The text, or as much of its beginning as leaves room for an ellipsis. Workflows have no Buffer. */
function cutToBytes(text: string, max: number): string {
  if (bytesOf(text) <= max) return text
  let bytes = bytesOf('…')
  let cut = ''
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > max) return `${cut}…`
    cut += character
  }
  return cut
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
