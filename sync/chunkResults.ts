import { OUTCOMES, type Outcome } from './outcome.ts'
import type { RecordResult } from './recordResult.ts'
import { OPERATIONS, type Operation } from './spec.ts'
import { csvLine } from './wireCsv.ts'

// chunks/00001.results.csv: whole results, so that results.csv can be put together from all chunks at the end.

const FIXED = ['row', 'operation', 'outcome', 'id', 'errorcode', 'errormessage', 'timestamp']

export function chunkResultsHeader(identityFields: readonly string[]): string {
  return csvLine([...FIXED, ...identityFields])
}

export function chunkResultsLine(result: RecordResult): string {
  const { row, operation, outcome, id, errorCode, errorMessage, timestamp, identity } = result
  return csvLine([String(row), operation, outcome, id, errorCode, errorMessage, timestamp, ...identity])
}

/** Reads back the values of a line. Throws a RangeError when they are no such line: the file was not written by us. */
export function parseChunkResult(values: readonly string[]): RecordResult {
  const [row = '', operation = '', outcome = '', id = '', errorCode = '', errorMessage = '', timestamp = ''] = values
  const number = Number(row)
  if (!Number.isInteger(number) || number < 1 || !isOperation(operation) || !isOutcome(outcome)) {
    throw new RangeError(`No line of a chunk's results: ${csvLine(values.slice(0, 4)).trim()}`)
  }
  const identity = values.slice(FIXED.length)
  return { row: number, operation, outcome, id, errorCode, errorMessage, timestamp, identity }
}

function isOperation(text: string): text is Operation | '' {
  return text === '' || (OPERATIONS as readonly string[]).includes(text)
}

function isOutcome(text: string): text is Outcome {
  return (OUTCOMES as readonly string[]).includes(text)
}
