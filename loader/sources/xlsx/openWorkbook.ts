import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { type LocalFile, openLocalFile } from '../localFile.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { chooseSheet } from './chooseSheet.ts'
import { sharedStringsHandler } from './sharedStrings.ts'
import { readSheetHeader } from './sheetHeader.ts'
import { type RowBlock, type SheetPlace, SheetRows } from './sheetRows.ts'
import { SheetTable } from './sheetTable.ts'
import { StringStore } from './stringStore.ts'
import { readTotalsRows, readWorkbook } from './workbook.ts'
import { XmlReader } from './xmlReader.ts'
import { ZipParts } from './zipParts.ts'

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
  #rows: AsyncGenerator<RowBlock, void> | undefined

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
      totalsRows: await readTotalsRows(description, parts, sheet),
    }
    if (workbook.strings !== undefined && parts.has(workbook.strings))
      await this.#readStrings(place, parts, workbook.strings)
    const rows = new SheetRows(place, this.#strings, { ...workbook, decimalSeparator })
    const read = readRows(place, parts, sheet.part, rows)
    this.#rows = read
    const header = await readSheetHeader(place.source, read, source.headerRow)
    const table = new SheetTable(place, rows, header)
    return {
      description: place.source,
      csv: () => table.csv(read, check),
      reading: () => ({ source: place.source, format: 'xlsx', ...table.reading() }),
      close: () => this.close(),
    }
  }

  async close(): Promise<void> {
    await this.#rows?.return()
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
): AsyncGenerator<RowBlock, void> {
  const reader = new XmlReader(source, part, rows)
  for await (const block of parts.read(part)) {
    reader.write(block)
    yield rows.take()
  }
  reader.end()
}
