import { csvLine } from '../csv/csvLine.ts'

const REASON = ['errorcode', 'errormessage'] as const

export type RejectedCsv = {
  readonly header: string
  /** The row as it was read, then the reason. A row with missing cells is filled; surplus cells follow at the end. */
  readonly line: (row: readonly string[], errorCode: string, errorMessage: string) => string
}

/**
 * rejected.csv: the rejected rows with all their columns, to correct and load again. When it was loaded itself, its
 * last two columns are replaced: two more of the same name would make the next header ambiguous.
 */
export function compileRejectedCsv(sourceHeader: readonly string[]): RejectedCsv {
  const isRejectedCsv = REASON.every((name, index) => sourceHeader.at(index - REASON.length) === name)
  const width = isRejectedCsv ? sourceHeader.length - REASON.length : sourceHeader.length
  const line = (row: readonly string[], errorCode: string, errorMessage: string): string => {
    const cells = row.slice(0, width)
    while (cells.length < width) cells.push('')
    const surplus = row.slice(sourceHeader.length)
    return csvLine([...cells, errorCode, errorMessage, ...surplus])
  }
  return { header: csvLine([...sourceHeader.slice(0, width), ...REASON]), line }
}
