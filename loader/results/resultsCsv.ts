import Papa from 'papaparse'
import type { ExtraResultColumn } from '../../packages/client/contract/syncSpec.ts'
import { csvCells, csvLine } from '../csv/ownCsv.ts'
import { isSuccess, type ResultLine } from './chunkResults.ts'

const EXTRA: Readonly<Record<ExtraResultColumn, (result: ResultLine) => string>> = {
  row: ({ row }) => String(row),
  operation: ({ operation }) => operation,
  id: ({ id }) => id,
  created: result => (isSuccess(result) ? String(result.outcome === 'created') : ''),
  errorcode: ({ errorCode }) => errorCode,
}

/** `status,errormessage,timestamp,<identity fields>`, then the requested columns. */
export function resultsHeader(identityFields: readonly string[], extra: readonly ExtraResultColumn[]): string {
  return csvLine(['status', 'errormessage', 'timestamp', ...identityFields, ...extra])
}

/**
 * One line of results.csv. Values are written as they are, so that programs read them back.
 * @param escapeFormulas whether values that a spreadsheet would read as a formula get an apostrophe. @default false
 */
export function compileResultsLine(
  extra: readonly ExtraResultColumn[],
  escapeFormulas = false,
): (result: ResultLine) => string {
  const shownOf = escapeFormulas ? escapedShown : ({ shown }: ResultLine) => shown
  if (extra.length === 0) return result => `${shownOf(result)}\n`
  const writers = extra.map(column => EXTRA[column])
  return result => `${shownOf(result)},${csvCells(writers.map(write => write(result)))}\n`
}

/** A tab or a carriage return before the sign does not stop a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r]/

function escapedShown({ shown }: ResultLine): string {
  const { data } = Papa.parse<string[]>(shown, { delimiter: ',', newline: '\n' })
  return csvCells((data[0] ?? []).map(value => (FORMULA.test(value) ? `'${value}` : value)))
}

/** UTC, `YYYY-MM-DDTHH:mm:ss`, of epoch milliseconds: the form of results.csv. */
export function utcTimestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 19)
}

const REASON = ['errorcode', 'errormessage'] as const

export type RejectedCsv = {
  readonly header: string
  /** The row as it was read, then the reason. A row with missing cells is filled; surplus cells follow at the end. */
  readonly line: (row: readonly string[], errorCode: string, errorMessage: string) => string
}

/** Excel reads a CSV as UTF-8 only when it begins with this mark. */
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * rejected.csv: the rejected rows with all their columns, to correct in a spreadsheet and load again, in the source's own delimiter.
 * When it was loaded itself, its last two columns are replaced: two more of the same name would make the next header ambiguous.
 */
export function compileRejectedCsv(sourceHeader: readonly string[], delimiter: string): RejectedCsv {
  const isRejectedCsv = REASON.every((name, index) => sourceHeader.at(index - REASON.length) === name)
  const width = isRejectedCsv ? sourceHeader.length - REASON.length : sourceHeader.length
  const line = (row: readonly string[], errorCode: string, errorMessage: string): string => {
    const cells = row.slice(0, width)
    while (cells.length < width) cells.push('')
    const surplus = row.slice(sourceHeader.length)
    return csvLine([...cells, errorCode, errorMessage, ...surplus], delimiter)
  }
  return { header: BYTE_ORDER_MARK + csvLine([...sourceHeader.slice(0, width), ...REASON], delimiter), line }
}
