import Papa from 'papaparse'
import type { ExtraResultColumn } from '../../packages/client/contract/syncSpec.ts'
import { CollectedBytes, copyBytes } from '../csv/collectedBytes.ts'
import { csvCells, csvLine } from '../csv/ownCsv.ts'
import { isSuccess } from './chunkResults.ts'
import type { ResultBatch, ResultParts } from './resultBatch.ts'

/** `status,errormessage,timestamp,<identity fields>`, then the requested columns. */
export function resultsHeader(identityFields: readonly string[], extra: readonly ExtraResultColumn[]): string {
  return csvLine(['status', 'errormessage', 'timestamp', ...identityFields, ...extra])
}

/**
 * Lines of results.csv, from lines of chunks' results as bytes. Values are written as they are, so that programs read them back.
 */
export class ResultsCsvLines extends CollectedBytes {
  readonly #extra: readonly ExtraResultColumn[]
  readonly #escapeFormulas: boolean
  readonly #isPlain: boolean
  /** @param escapeFormulas whether values that a spreadsheet would read as a formula get an apostrophe. @default false */
  constructor(extra: readonly ExtraResultColumn[], escapeFormulas = false) {
    super()
    this.#extra = extra
    this.#escapeFormulas = escapeFormulas
    this.#isPlain = extra.length === 0 && !escapeFormulas
  }

  /** Adds a line. @param parts of the line */
  addLine({ bytes }: ResultBatch, parts: ResultParts): void {
    const shown = parts.codeEnd + 1
    if (this.#isPlain) {
      // With the line feed.
      this.#copy(bytes, shown, parts.end + 1)
      return
    }
    if (this.#escapeFormulas) this.add(escaped(bytes.toString('utf8', shown, parts.end)))
    else this.#copy(bytes, shown, parts.end)
    for (const column of this.#extra) {
      this.add(',')
      this.#addExtra(bytes, parts, column)
    }
    this.add('\n')
  }

  #addExtra(
    bytes: Uint8Array,
    { start, rowEnd, operationEnd, outcomeEnd, idEnd, codeEnd, outcome }: ResultParts,
    column: ExtraResultColumn,
  ): void {
    switch (column) {
      case 'row':
        this.#copy(bytes, start, rowEnd)
        break
      case 'operation':
        this.#copy(bytes, rowEnd + 1, operationEnd)
        break
      case 'outcome':
        this.add(outcome)
        break
      case 'id':
        this.#copy(bytes, outcomeEnd + 1, idEnd)
        break
      case 'created':
        if (isSuccess({ outcome })) this.add(String(outcome === 'created'))
        break
      case 'errorcode':
        this.#copy(bytes, idEnd + 1, codeEnd)
        break
    }
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    this.length = copyBytes(from, start, end, this.reserve(end - start), this.length)
  }
}

/** A tab or a carriage return before the sign does not stop a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r]/

function escaped(shown: string): string {
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
