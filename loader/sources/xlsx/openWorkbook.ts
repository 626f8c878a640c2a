import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { type LocalFile, openLocalFile } from '../localFile.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { chooseSheet } from './chooseSheet.ts'
import { WorkbookError } from './errors.ts'
import { sharedStringsHandler } from './sharedStrings.ts'
import { type FoundHeader, readSheetHeader } from './sheetHeader.ts'
import { type SheetPlace, type SheetRow, SheetRows } from './sheetRows.ts'
import { StringStore } from './stringStore.ts'
import { readWorkbook } from './workbook.ts'
import { XmlReader } from './xmlReader.ts'
import { ZipParts } from './zipParts.ts'

/** Characters of CSV that are passed on together. */
const BLOCK_CHARACTERS = 64 * 1024

/**
 * Opens one sheet of an Excel workbook as a table. The sheet is read as a stream, its shared strings before.
 * Throws WorkbookError, SheetError, SourceHeaderError and SourceEmptyError.
 */
export async function openWorkbook(source: OpenedExternal, opening: SourceOpening): Promise<SourceTable> {
  const file = await openLocalFile(source.uri, opening, opening.signal)
  const opened = new OpenedWorkbook(file)
  try {
    return await opened.table(source, opening)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** The files that are open while a workbook is read. */
class OpenedWorkbook {
  readonly #file: LocalFile
  readonly #strings = new StringStore()
  #parts: ZipParts | undefined

  constructor(file: LocalFile) {
    this.#file = file
  }

  async table(source: OpenedExternal, opening: SourceOpening): Promise<SourceTable> {
    const { description, path, check } = this.#file
    const { maxSourceBytes: maxBytes = Number.POSITIVE_INFINITY, signal, decimalSeparator = '.' } = opening
    const parts = await ZipParts.open(description, path, { maxBytes, signal })
    this.#parts = parts
    const workbook = await readWorkbook(description, parts)
    const sheet = await chooseSheet(description, parts, workbook.sheets, source.sheet)
    const place = {
      source: `${description}, sheet ${JSON.stringify(sheet.name)}`,
      isToCalculate: workbook.isToCalculate,
    }
    if (workbook.strings !== undefined && parts.has(workbook.strings))
      await this.#readStrings(place, parts, workbook.strings)
    const rows = new SheetRows(place, { ...workbook, strings: this.#strings, decimalSeparator })
    const read = readRows(place, parts, sheet.part, rows)
    const header = await readSheetHeader(place.source, read, source.headerRow)
    const table = new SheetTable(place, rows, header)
    return {
      description: place.source,
      csv: () => table.csv(read, check),
      reading: () => ({ source: place.source, format: 'xlsx', ...table.reading() }),
      close: async () => {
        await read.return()
        await this.close()
      },
    }
  }

  async close(): Promise<void> {
    this.#strings.close()
    this.#parts?.close()
    await this.#file.close()
  }

  async #readStrings({ source }: SheetPlace, parts: ZipParts, part: string): Promise<void> {
    const reader = new XmlReader(source, part, sharedStringsHandler(this.#strings))
    for await (const block of parts.read(part)) reader.write(block)
    reader.end()
    this.#strings.finish()
  }
}

/** The rows of a sheet, as many as a block of its bytes has. */
async function* readRows(
  { source }: SheetPlace,
  parts: ZipParts,
  part: string,
  rows: SheetRows,
): AsyncGenerator<readonly SheetRow[], void> {
  const reader = new XmlReader(source, part, rows)
  for await (const block of parts.read(part)) {
    reader.write(block)
    yield rows.take()
  }
  reader.end()
}

/** The rows after the header, and what a person should know about them. */
class SheetTable {
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
    const { count, first } = this.#rows.hiddenParts
    const hidden = this.#hiddenRows
    return [
      ...(hidden === 0 ? [] : [`${hidden} hidden row${hidden === 1 ? ' is' : 's are'} read too`]),
      ...(count === 0
        ? []
        : [
            `${count} date${count === 1 ? ' or time is read as its format shows it' : 's or times are read as their format shows them'}, which is not all of ${count === 1 ? 'its' : 'their'} value; the first is in ${first}`,
          ]),
    ]
  }
}
