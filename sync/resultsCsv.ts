import type { RecordResult } from './recordResult.ts'
import type { ExtraResultColumn } from './spec.ts'
import { csvLine } from './wireCsv.ts'

const EXTRA: Readonly<Record<ExtraResultColumn, (result: RecordResult) => string>> = {
  row: ({ row }) => String(row),
  operation: ({ operation }) => operation,
  id: ({ id }) => id,
  created: result => (isSuccess(result) ? String(result.outcome === 'created') : ''),
  errorcode: ({ errorCode }) => errorCode,
}

/** `status,errormessage,timestamp,<identity fields>`, then the columns asked for. */
export function resultsHeader(identityFields: readonly string[], extra: readonly ExtraResultColumn[]): string {
  return csvLine(['status', 'errormessage', 'timestamp', ...identityFields, ...extra])
}

/**
 * One line of results.csv. `true` is success; anything else is `error`, the undecidable included. Values are written as
 * they are, also those that a spreadsheet might take for a formula.
 */
export function compileResultsLine(extra: readonly ExtraResultColumn[]): (result: RecordResult) => string {
  const writers = extra.map(column => EXTRA[column])
  return result => {
    const cells = [isSuccess(result) ? 'true' : 'error', result.errorMessage, result.timestamp, ...result.identity]
    for (const write of writers) cells.push(write(result))
    return csvLine(cells)
  }
}

export function isSuccess({ outcome }: RecordResult): boolean {
  return outcome === 'created' || outcome === 'updated'
}
