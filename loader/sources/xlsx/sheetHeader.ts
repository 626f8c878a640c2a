import { CsvScanner, MAX_COLUMNS } from '../../csv/csvScanner.ts'
import { SourceEmptyError } from '../../csv/errors.ts'
import { SourceHeaderError } from '../errors.ts'
import type { RowBlock, SheetRow } from './sheetRows.ts'

/** Rows after the first that are compared with it, to recognise a title. */
const COMPARED_ROWS = 20

/** Characters of a value that is shown. */
const SHOWN = 40

export type FoundHeader = {
  readonly row: number
  readonly names: readonly string[]
  /** Rows that were read after it. */
  readonly rest: readonly RowBlock[]
}

/** The values of a row. */
type ReadRow = { readonly number: number; readonly values: readonly string[] }

/**
 * Reads the header of a sheet: its first row with a value, or the row that the source declares.
 * Throws SourceEmptyError, and SourceHeaderError when the row is not there or looks like a title.
 * @param declared number of the row, from 1
 */
export async function readSheetHeader(
  source: string,
  blocks: AsyncIterator<RowBlock>,
  declared: number | undefined,
): Promise<FoundHeader> {
  const read = await firstBlocks(blocks, declared ?? 1)
  const [header, ...rows] = read.flatMap(block =>
    block.rows.slice(0, COMPARED_ROWS + 1).map(row => readRow(block, row)),
  )
  if (header === undefined) throw emptyError(source, declared)
  if (declared === undefined) checkTitle(source, header, rows.slice(0, COMPARED_ROWS))
  else if (header.number !== declared) {
    const advice = `Set headerRow beside its uri to the row of the names; the next row with a value is ${header.number}.`
    throw new SourceHeaderError(source, `row ${declared} has no value`, advice)
  }
  const width = header.values.findLastIndex(name => name.trim() !== '') + 1
  if (width > MAX_COLUMNS) {
    throw new SourceHeaderError(source, `it has more than ${MAX_COLUMNS} columns`, 'Remove columns of the sheet.')
  }
  const rest = read.map(({ bytes, rows }) => ({ bytes, rows: rows.filter(({ number }) => number > header.number) }))
  return { row: header.number, names: header.values.slice(0, width), rest }
}

/** Enough rows to compare the first one with, from a row on. */
async function firstBlocks(blocks: AsyncIterator<RowBlock>, from: number): Promise<readonly RowBlock[]> {
  const read: RowBlock[] = []
  for (let count = 0; count <= COMPARED_ROWS; ) {
    const { value, done } = await blocks.next()
    if (done) break
    const rows = value.rows.filter(({ number }: SheetRow) => number >= from)
    if (rows.length > 0) read.push({ bytes: value.bytes, rows })
    count += rows.length
  }
  return read
}

function readRow({ bytes }: RowBlock, { number, start, end }: SheetRow): ReadRow {
  const dialect = { source: '', delimiter: ',', reportsEscapes: false }
  const { rows } = new CsvScanner(bytes.toString('utf8', start, end), true, 0, dialect).batch()
  return { number, values: rows[0] ?? [] }
}

function emptyError(source: string, declared: number | undefined): SourceEmptyError {
  if (declared === undefined) return new SourceEmptyError(source, 'it has no row with a value. Fill it, or set sheet.')
  return new SourceEmptyError(source, `it has no value from row ${declared} on. Check headerRow beside its uri.`)
}

/** A title above a table has few values. */
function checkTitle(source: string, header: ReadRow, rows: readonly ReadRow[]): void {
  const count = valuesOf(header).length
  const widest = Math.max(0, ...rows.map(row => valuesOf(row).length))
  if (count * 2 > widest) return
  const likely = rows.find(row => valuesOf(row).length * 2 > widest) as ReadRow
  const shown = JSON.stringify((valuesOf(header)[0] as string).slice(0, SHOWN))
  throw new SourceHeaderError(
    source,
    `row ${header.number} has ${count === 1 ? 'only the value' : `only ${count} values, the first is`} ${shown}, row ${likely.number} has ${valuesOf(likely).length}`,
    `Set headerRow: ${likely.number} beside its uri if the names are there, or headerRow: ${header.number} if they are in row ${header.number}.`,
  )
}

const valuesOf = ({ values }: ReadRow): readonly string[] => values.filter(value => value.trim() !== '')
