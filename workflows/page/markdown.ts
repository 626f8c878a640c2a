// The Markdown that Temporal's UI shows: tables, without images or HTML.

type Alignment = '---' | '---:'

/** @param head one cell per column; empty ones give a table that reads as a list */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Alignment[] = head.map(() => '---'),
): string {
  return [head, align, ...rows.map(row => row.map(cell))].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Escapes text for Markdown: an error message may contain Markdown characters. */
export function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#~]/g, '\\$&')
}

export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``
}

const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')

/** `1,234,567` for 1234567. */
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
