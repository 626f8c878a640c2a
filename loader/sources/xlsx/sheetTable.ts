import { csvLine } from '../../csv/ownCsv.ts'
import { WorkbookError } from './errors.ts'
import type { FoundHeader } from './sheetHeader.ts'
import type { SheetPlace, SheetRow, SheetRows } from './sheetRows.ts'

/** Characters of CSV that are passed on together. */
const BLOCK_CHARACTERS = 64 * 1024

/** The rows after the header, and what a person should know about them. */
export class SheetTable {
  readonly #place: SheetPlace
  readonly #rows: SheetRows
  readonly #header: FoundHeader
  #records = 0
  #hiddenRows = 0
  #lastRow: number

  constructor(place: SheetPlace, rows: SheetRows, header: FoundHeader) {
    this.#place = place
    this.#rows = rows
    this.#header = header
    this.#lastRow = header.row
  }

  /** @param check whether the file is still the same */
  async *csv(rows: AsyncIterable<readonly SheetRow[]>, check: () => Promise<void>): AsyncGenerator<Uint8Array, void> {
    let text = csvLine(this.#header.names) + this.#lines(this.#header.rest)
    for await (const some of rows) {
      text += this.#lines(some)
      if (text.length < BLOCK_CHARACTERS) continue
      yield Buffer.from(text)
      text = ''
    }
    this.#checkMerges()
    await check()
    yield Buffer.from(text)
  }

  reading() {
    const emptyRows = this.#lastRow - this.#header.row - this.#records
    const notes = this.#notes()
    return { emptyRows, ...(notes.length > 0 && { notes }) }
  }

  #lines(rows: readonly SheetRow[]): string {
    const columns = this.#header.names.length
    let text = ''
    for (const { number, cells, isHidden } of rows) {
      while (cells.length < columns) cells.push('')
      text += csvLine(cells)
      if (isHidden) this.#hiddenRows += 1
      this.#lastRow = number
    }
    this.#records += rows.length
    return text
  }

  /** A merged cell has its value in its first row only: the records of the others would lack it. */
  #checkMerges(): void {
    const { row, names } = this.#header
    const lost = this.#rows.merges.filter(
      ({ column, firstRow, lastRow }) => column < names.length && lastRow > row && firstRow <= this.#lastRow,
    )
    const [first] = lost
    if (first === undefined) return
    const more = lost.length === 1 ? '' : ` and ${lost.length - 1} more`
    throw new WorkbookError(
      this.#place.source,
      'merged',
      `rows of it share merged cells (${first.range}${more}), which have a value in their first row only`,
      'Unmerge them in Excel and fill in the value of each row.',
    )
  }

  #notes(): readonly string[] {
    const [totals] = this.#place.totalsRows
    const { hiddenParts } = this.#rows
    return [
      ...(totals === undefined ? [] : [`row ${totals} has the totals of the table and is left out`]),
      ...(this.#hiddenRows === 0 ? [] : [`${counted(this.#hiddenRows, 'hidden row')} read too`]),
      ...(hiddenParts.count === 0
        ? []
        : [
            `${counted(hiddenParts.count, 'date or time', 'dates or times')} read as shown, although the format hides a part of the value; the first is in ${hiddenParts.first}`,
          ]),
    ]
  }
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? `1 ${one} is` : `${count} ${many} are`
