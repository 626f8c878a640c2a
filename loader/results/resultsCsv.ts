import type { ExtraResultColumn } from '../../packages/client/contract/syncSpec.ts'
import { csvCells, csvLine } from '../csv/csvLine.ts'
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

/** One line of results.csv. Values are written as they are, including those that a spreadsheet might read as a formula. */
export function compileResultsLine(extra: readonly ExtraResultColumn[]): (result: ResultLine) => string {
  if (extra.length === 0) return ({ shown }) => `${shown}\n`
  const writers = extra.map(column => EXTRA[column])
  return result => `${result.shown},${csvCells(writers.map(write => write(result)))}\n`
}

/** UTC, `YYYY-MM-DDTHH:mm:ss`, of epoch milliseconds: the form of results.csv. */
export function utcTimestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 19)
}
