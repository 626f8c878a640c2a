import { RECORD_OUTCOMES, type RecordResult } from '../../packages/client/contract/runReport.ts'
import { leadingNumber, type RecordBytes } from '../csv/recordBytes.ts'
import { notAResult } from './chunkResults.ts'

type Outcome = RecordResult['outcome']

/** Lines of a chunk's results, with the row of each. */
export type ResultBatch = RecordBytes & {
  readonly rows: Uint32Array
  /** Where the first line begins in a file of the run; absent for lines that are in none. */
  readonly place?: { readonly path: string; readonly offset: number }
}

export function resultBatch(records: RecordBytes): ResultBatch {
  const { bytes, count, starts } = records
  const rows = new Uint32Array(count)
  for (let i = 0; i < count; i++) rows[i] = leadingNumber(bytes, starts[i] as number)
  return { ...records, rows }
}

const [COMMA, QUOTE] = [44, 34]

/** Outcomes by their first letter. Two that share it differ in length. */
const BY_LETTER: readonly (readonly Outcome[])[] = Array.from({ length: 256 }, (_, code) =>
  RECORD_OUTCOMES.filter(outcome => outcome.charCodeAt(0) === code),
)

function outcomeAt(bytes: Uint8Array, start: number, end: number): Outcome | undefined {
  for (const outcome of BY_LETTER[bytes[start] as number] as readonly Outcome[]) {
    if (outcome.length === end - start) return outcome
  }
  return undefined
}

/** The parts of one line of a chunk's results (chunkResults.ts): where each ends in the bytes, with a comma between them. */
export class ResultParts {
  start = 0
  rowEnd = 0
  operationEnd = 0
  outcomeEnd = 0
  idEnd = 0
  /** The code is quoted where it needs to be. */
  codeEnd = 0
  /** The part that results.csv shows ends here; the line feed follows. */
  end = 0
  outcome: Outcome = 'failed'

  /** Throws a RangeError when it is not such a line: the file was not written by us. */
  read(batch: RecordBytes, index: number): this {
    const { bytes, starts } = batch
    const start = starts[index] as number
    const end = (starts[index + 1] as number) - 1
    const rowEnd = comma(bytes, start, end)
    const operationEnd = comma(bytes, rowEnd + 1, end)
    const outcomeEnd = comma(bytes, operationEnd + 1, end)
    const idEnd = comma(bytes, outcomeEnd + 1, end)
    const isQuoted = bytes[idEnd + 1] === QUOTE
    const codeEnd = isQuoted ? quotedEnd(bytes, idEnd + 1, end) : comma(bytes, idEnd + 1, end)
    const outcome = outcomeAt(bytes, operationEnd + 1, outcomeEnd)
    if (outcome === undefined || codeEnd >= end) {
      throw notAResult(bytes.toString('utf8', start, end))
    }
    this.start = start
    this.rowEnd = rowEnd
    this.operationEnd = operationEnd
    this.outcomeEnd = outcomeEnd
    this.idEnd = idEnd
    this.codeEnd = codeEnd
    this.end = end
    this.outcome = outcome
    return this
  }
}

/** The next comma; not before the end when there is none. */
function comma(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== COMMA) at += 1
  return at
}

/** The comma after a quoted value. */
function quotedEnd(bytes: Uint8Array, quote: number, end: number): number {
  let at = quote + 1
  while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1
  return at + 1
}
