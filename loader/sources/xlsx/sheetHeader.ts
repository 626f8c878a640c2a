import { MAX_COLUMNS } from '../../csv/csvScanner.ts'
import { SourceEmptyError } from '../../csv/errors.ts'
import { SourceHeaderError } from '../errors.ts'
import type { SheetRow } from './sheetRows.ts'

/** Rows after the first that are compared with it, to recognise a title. */
const COMPARED_ROWS = 20

/** Characters of a value that is shown. */
const SHOWN = 40

export type FoundHeader = {
  readonly row: number
  readonly names: readonly string[]
  /** Rows that were read after it. */
  readonly rest: readonly SheetRow[]
}

/**
 * Reads the header of a sheet: its first row with a value, or the row that the source declares.
 * Throws SourceEmptyError, and SourceHeaderError when the row is not there or looks like a title.
 * @param declared number of the row, from 1
 */
export async function readSheetHeader(
  source: string,
  rows: AsyncIterator<readonly SheetRow[]>,
  declared: number | undefined,
): Promise<FoundHeader> {
  let read: readonly SheetRow[] = []
  while (read.length <= COMPARED_ROWS) {
    const { value, done } = await rows.next()
    if (done) break
    read = [...read, ...(declared === undefined ? value : value.filter(({ number }) => number >= declared))]
  }
  const [header, ...rest] = read
  if (header === undefined) throw emptyError(source, declared)
  if (declared === undefined) checkTitle(source, header, rest.slice(0, COMPARED_ROWS))
  else if (header.number !== declared) {
    const advice = `Set headerRow beside its uri to the row of the names; the next row with a value is ${header.number}.`
    throw new SourceHeaderError(source, `row ${declared} has no value`, advice)
  }
  const width = header.cells.findLastIndex(name => name.trim() !== '') + 1
  if (width > MAX_COLUMNS) {
    throw new SourceHeaderError(source, `it has more than ${MAX_COLUMNS} columns`, 'Remove columns of the sheet.')
  }
  return { row: header.number, names: header.cells.slice(0, width), rest }
}

function emptyError(source: string, declared: number | undefined): SourceEmptyError {
  if (declared === undefined) return new SourceEmptyError(source, 'it has no row with a value. Fill it, or set sheet.')
  return new SourceEmptyError(source, `it has no value from row ${declared} on. Check headerRow beside its uri.`)
}

/** A title above a table has few values. */
function checkTitle(source: string, header: SheetRow, rows: readonly SheetRow[]): void {
  const count = valuesOf(header).length
  const widest = Math.max(0, ...rows.map(row => valuesOf(row).length))
  if (count * 2 > widest) return
  const likely = rows.find(row => valuesOf(row).length * 2 > widest) as SheetRow
  const shown = JSON.stringify((valuesOf(header)[0] as string).slice(0, SHOWN))
  throw new SourceHeaderError(
    source,
    `row ${header.number} has ${count === 1 ? 'only the value' : `only ${count} values, the first is`} ${shown}, row ${likely.number} has ${valuesOf(likely).length}`,
    `Set headerRow: ${likely.number} beside its uri if the names are there, or headerRow: ${header.number} if they are in row ${header.number}.`,
  )
}

const valuesOf = ({ cells }: SheetRow): readonly string[] => cells.filter(cell => cell.trim() !== '')
