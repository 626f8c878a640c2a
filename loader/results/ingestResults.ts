import type { IngestResultsKind } from '../salesforce/salesforceConnection.ts'
import { failedAnswer, type RecordAnswer, succeededAnswer } from './recordAnswer.ts'
import { parseSfError } from './sfError.ts'

/**
 * Compiles the header of a result file of an ingest job into a reader of its lines; columns are found by name. An
 * unprocessed row was neither processed nor written, so it has no answer.
 *
 * Throws a RangeError when the header lacks a column that every file of its kind has.
 */
export function compileIngestResults(
  kind: IngestResultsKind,
  header: readonly string[],
): (values: readonly string[]) => RecordAnswer | undefined {
  if (kind === 'unprocessed') return () => undefined
  if (kind === 'successful') {
    const id = position(header, 'sf__Id', kind)
    const created = position(header, 'sf__Created', kind)
    return values => succeededAnswer(values[id] ?? '', values[created]?.toLowerCase() === 'true')
  }
  const error = position(header, 'sf__Error', kind)
  return values => failedAnswer(parseSfError(values[error] ?? ''))
}

function position(header: readonly string[], name: string, kind: IngestResultsKind): number {
  const index = header.findIndex(column => column.toLowerCase() === name.toLowerCase())
  if (index !== -1) return index
  throw new RangeError(
    `The ${kind} results of an ingest job have no column ${name}; their columns: ${header.join(', ')}`,
  )
}
