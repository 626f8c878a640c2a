import Papa from 'papaparse'
import { OPERATIONS } from '../../packages/client/contract/operations.ts'
import { RECORD_OUTCOMES, type RecordResult } from '../../packages/client/contract/runReport.ts'
import { csvCells, csvLine } from '../csv/ownCsv.ts'

// chunks/00001.results.csv: the facts of each record that our own steps need, followed by the record's line of results.csv.
// So results.csv is combined from all chunks at the end without parsing values.

const HEAD = ['row', 'operation', 'outcome', 'id', 'errorcode']
const SHOWN = ['status', 'errormessage', 'timestamp']

/** The facts of a record that are known without parsing its line. */
export type ResultLine = Omit<RecordResult, 'errorMessage' | 'timestamp' | 'identity'> & {
  /** `status,errormessage,timestamp,<identity fields>`, without a line end. */
  readonly shown: string
}

export function chunkResultsHeader(identityFields: readonly string[]): string {
  return csvLine([...HEAD, ...SHOWN, ...identityFields])
}

export function chunkResultsLine(result: RecordResult): string {
  return chunkResultsText(result, result.identity.length === 0 ? '' : `,${csvCells(result.identity)}`)
}

/** @param identity the identity fields as CSV with a comma before each */
export function chunkResultsText(result: Omit<RecordResult, 'identity'>, identity: string): string {
  const { row, operation, outcome, id, errorCode, errorMessage, timestamp } = result
  const status = isSuccess(result) ? 'true' : 'error'
  return `${csvCells([String(row), operation, outcome, id, errorCode, status, errorMessage, timestamp])}${identity}\n`
}

/** `true` in results.csv; anything else is `error`, including records in doubt. */
export function isSuccess({ outcome }: Pick<RecordResult, 'outcome'>): boolean {
  return outcome !== 'failed' && outcome !== 'in_doubt'
}

const LINE = new RegExp(
  `^(\\d+),(${OPERATIONS.join('|')}|),(${RECORD_OUTCOMES.join('|')}),([^",]*),([^",]*|"(?:[^"]|"")*"),(?=(?:true|error),)`,
)

/** Reads back a line, its line end left out. Throws a RangeError when it is not such a line: the file was not written by us. */
export function readChunkResult(line: string): ResultLine {
  const match = LINE.exec(line)
  if (match === null) throw notAResult(line)
  const [head, row, operation, outcome, id = '', code = ''] = match
  return {
    row: Number(row),
    operation: operation as ResultLine['operation'],
    outcome: outcome as ResultLine['outcome'],
    id,
    errorCode: code.startsWith('"') ? code.slice(1, -1).replaceAll('""', '"') : code,
    shown: line.slice(head.length),
  }
}

export const notAResult = (line: string): RangeError =>
  new RangeError(`Not a line of a chunk's results: ${line.slice(0, 40)}`)

/** Parses lines: those of rejected records, and the few that a service gets as its answer. */
export function recordResults(lines: readonly ResultLine[]): RecordResult[] {
  const { data } = Papa.parse<string[]>(lines.map(({ shown }) => shown).join('\n'), { delimiter: ',', newline: '\n' })
  return lines.map(({ shown: _, ...known }, index) => {
    const [, errorMessage = '', timestamp = '', ...identity] = data[index] ?? []
    return { ...known, errorMessage, timestamp, identity }
  })
}
