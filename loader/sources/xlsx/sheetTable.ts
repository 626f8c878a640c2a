import { LineBuffer } from '../../csv/lineBuffer.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { WorkbookError } from './errors.ts'
import type { FoundHeader } from './sheetHeader.ts'
import type { RowBlock, SheetPlace, SheetRows } from './sheetRows.ts'

/** Bytes of CSV that are passed on together. */
const BLOCK_BYTES = 64 * 1024

/** The rows after the header, and what a person should know about them. */
export class SheetTable {
  readonly #place: SheetPlace
  readonly #rows: SheetRows
  readonly #header: FoundHeader
  readonly #lines = new LineBuffer()
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
  async *csv(blocks: AsyncIterable<RowBlock>, check: () => Promise<void>): AsyncGenerator<Uint8Array, void> {
    this.#lines.text(csvLine(this.#header.names))
    for (const block of this.#header.rest) this.#add(block)
    for await (const block of blocks) {
      this.#add(block)
      if (this.#lines.length >= BLOCK_BYTES) yield this.#take()
    }
    this.#checkMerges()
    await check()
    yield this.#take()
  }

  reading() {
    const emptyRows = this.#lastRow - this.#header.row - this.#records
    const notes = this.#notes()
    return { emptyRows, ...(notes.length > 0 && { notes }) }
  }

  #add({ bytes, rows }: RowBlock): void {
    const columns = this.#header.names.length
    for (const { number, isHidden, cells, start, end } of rows) {
      this.#lines.raw(bytes, start, end)
      for (let cell = cells; cell < columns; cell++) this.#lines.comma()
      this.#lines.lineEnd()
      if (isHidden) this.#hiddenRows += 1
      this.#lastRow = number
    }
    this.#records += rows.length
  }

  #take(): Buffer {
    const bytes = Buffer.from(this.#lines.written)
    this.#lines.clear()
    return bytes
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
