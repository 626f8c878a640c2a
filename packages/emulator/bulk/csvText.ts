/** A line of a Bulk results file, without its end: every value in quotes, as Salesforce writes them. */
export function quotedLine(values: readonly string[], delimiter: string): string {
  const hasQuotes = values.some(value => value.includes('"'))
  const escaped = hasQuotes ? values.map(value => value.replaceAll('"', '""')) : values
  return `"${escaped.join(`"${delimiter}"`)}"`
}

/** Column delimiters by their name in a job. */
export const COLUMN_DELIMITERS = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
} as const

export type ColumnDelimiter = keyof typeof COLUMN_DELIMITERS

export const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n' } as const

export type LineEnding = keyof typeof LINE_ENDINGS
