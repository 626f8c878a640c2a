import { LineBuffer } from '../../csv/lineBuffer.ts'
import { type CellSettings, compileCellText, type StoredCell } from './cellText.ts'
import { broken, WorkbookError } from './errors.ts'
import { addText, writeExcelText } from './excelText.ts'
import type { NumberFormat } from './numberFormat.ts'
import type { StringStore } from './stringStore.ts'
import type { XmlHandler } from './xmlReader.ts'
import type { XmlScanner } from './xmlScanner.ts'

/** A row with a value. */
export type SheetRow = {
  /** 1-based, as Excel shows it. */
  readonly number: number
  readonly isHidden: boolean
  /** Number of its cells: from column A to the last one with a value. */
  readonly cells: number
  /** Where its cells lie, as a line of CSV without its end. */
  readonly start: number
  readonly end: number
}

/** Consecutive rows. */
export type RowBlock = { readonly bytes: Buffer; readonly rows: readonly SheetRow[] }

/** A merged range of several rows. */
type Merge = {
  readonly range: string
  readonly column: number
  readonly firstRow: number
  readonly lastRow: number
}

export type SheetPlace = {
  /** The name of the source in messages, with that of the sheet. */
  readonly source: string
  /** Whether the values of formulas are not valid. */
  readonly isToCalculate: boolean
  /** Rows that are no records. */
  readonly totalsRows: ReadonlySet<number>
}

const MOST_MERGES = 100_000
const MOST_COLUMNS = 16_384

/** A double keeps so many digits. */
const SHORT_INTEGER = 15

const [ZERO, NINE, CAPITAL_A, CAPITAL_Z, R, S, T] = [48, 57, 65, 90, 114, 115, 116]

/** Collects the rows of a sheet, which is read block by block, as lines of CSV. Rows without a value are left out. */
export class SheetRows implements XmlHandler {
  readonly merges: Merge[] = []
  /** Cells whose format does not show all of their value. */
  readonly hiddenParts = { count: 0, first: '' }
  readonly #place: SheetPlace
  readonly #strings: StringStore
  readonly #isPlain: readonly boolean[]
  readonly #textOf: (cell: StoredCell) => string | undefined
  readonly #lines = new LineBuffer()
  #rows: SheetRow[] = []
  #isData = false
  #row = 0
  #isHidden = false
  readonly #line = new LineBuffer()
  #cells = 0
  #column = -1
  #type = ''
  #style = 0
  readonly #value = new LineBuffer()
  #hasFormula = false
  #isText = false
  #isPhonetic = false

  constructor(place: SheetPlace, strings: StringStore, settings: Omit<CellSettings, 'onHiddenPart'>) {
    this.#place = place
    this.#strings = strings
    this.#isPlain = settings.formats.map(isPlainFormat)
    const onHiddenPart = () => {
      this.hiddenParts.count += 1
      this.hiddenParts.first ||= this.#cellName()
    }
    this.#textOf = compileCellText({ ...settings, onHiddenPart })
  }

  /** The rows since the last call. */
  take(): RowBlock {
    const block = { bytes: Buffer.from(this.#lines.written), rows: this.#rows }
    this.#lines.clear()
    this.#rows = []
    return block
  }

  open(name: string, scanner: XmlScanner): void {
    if (!this.#isData) {
      if (name === 'sheetData') this.#isData = true
      else if (name === 'mergeCell') this.#addMerge(scanner.attributes().ref ?? '')
    } else if (name === 'c') this.#openCell(scanner)
    else if (name === 'v') this.#isText = true
    else if (name === 'row') this.#openRow(scanner)
    else if (name === 'f') this.#hasFormula = true
    else if (name === 't') this.#isText = !this.#isPhonetic
    else if (name === 'rPh') this.#isPhonetic = true
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isText = false
    else if (name === 'c') this.#closeCell()
    else if (name === 'row') this.#closeRow()
    else if (name === 'rPh') this.#isPhonetic = false
    else if (name === 'sheetData') this.#isData = false
  }

  text(scanner: XmlScanner): void {
    if (this.#isText && this.#isData) addText(this.#value, scanner)
  }

  #openRow(scanner: XmlScanner): void {
    const { r, hidden } = scanner.attributes()
    const number = r === undefined ? this.#row + 1 : Number(r)
    if (!(number > this.#row)) throw this.#broken(`row ${r} comes after row ${this.#row}`)
    this.#row = number
    this.#isHidden = hidden === '1' || hidden === 'true'
    this.#column = -1
    this.#cells = 0
    this.#line.clear()
  }

  #closeRow(): void {
    if (this.#cells === 0) return
    const start = this.#lines.length
    this.#lines.raw(this.#line.bytes, 0, this.#line.length)
    this.#rows.push({
      number: this.#row,
      isHidden: this.#isHidden,
      cells: this.#cells,
      start,
      end: this.#lines.length,
    })
  }

  #openCell(scanner: XmlScanner): void {
    let column = this.#column + 1
    this.#type = ''
    this.#style = 0
    while (scanner.nextAttribute()) {
      const { bytes, attributeStart, attributeEnd, start, end } = scanner
      if (attributeEnd !== attributeStart + 1) continue
      const name = bytes[attributeStart]
      if (name === R) column = columnAt(bytes, start, end)
      else if (name === T) this.#type = TYPES.get(end - start === 1 ? (bytes[start] as number) : 0) ?? scanner.text()
      else if (name === S) this.#style = integerAt(bytes, start, end)
    }
    if (!(column > this.#column && column < MOST_COLUMNS)) {
      throw this.#broken(`row ${this.#row} has cells out of order, or without a valid column`)
    }
    this.#column = column
    this.#value.clear()
    this.#hasFormula = false
  }

  #closeCell(): void {
    if (this.#place.totalsRows.has(this.#row)) return
    if (this.#hasFormula) this.#checkFormula()
    if (this.#value.length === 0) return
    if (this.#type === 's') this.#addShared()
    else if (this.#type === 'str' || this.#type === 'inlineStr') {
      this.#nextColumn()
      writeExcelText(this.#value, this.#line)
    } else this.#addTyped()
  }

  #addTyped(): void {
    const { bytes, length } = this.#value
    const type = this.#type || 'n'
    if (type === 'n' && this.#isPlain[this.#style] !== false && isShortInteger(bytes, length)) {
      this.#nextColumn()
      this.#line.raw(bytes, 0, length)
      return
    }
    const text = this.#textOf({ type, style: this.#style, value: this.#value.written.toString() })
    if (text === undefined) throw this.#invalidValue()
    if (text === '') return
    this.#nextColumn()
    this.#line.value(text)
  }

  #addShared(): void {
    const { bytes, length } = this.#value
    const strings = this.#strings
    const index = isShortInteger(bytes, length) ? integerAt(bytes, 0, length) : Number.NaN
    if (!(index < strings.count)) throw this.#invalidValue()
    strings.find(index)
    if (strings.start === strings.end) return
    this.#nextColumn()
    this.#line.raw(strings.bytes, strings.start, strings.end)
  }

  /** Writes the commas up to the cell. */
  #nextColumn(): void {
    for (let cell = Math.max(1, this.#cells); cell <= this.#column; cell++) this.#line.comma()
    this.#cells = this.#column + 1
  }

  /** A formula whose result is blank text has a type. */
  #checkFormula(): void {
    const { source, isToCalculate } = this.#place
    if (!isToCalculate && (this.#value.length > 0 || this.#type === 'str')) return
    throw new WorkbookError(
      source,
      'formula',
      `the cell ${this.#cellName()} has a formula that was not calculated`,
      'The program that wrote the workbook left that to Excel: open it in Excel and save it, or have that program write values.',
    )
  }

  #addMerge(range: string): void {
    const [, first = '', firstRow, lastRow] = /^\$?([A-Z]{1,3})\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)$/.exec(range) ?? []
    if (firstRow === lastRow) return
    if (this.merges.length === MOST_MERGES) throw this.#broken(`it has more than ${MOST_MERGES} merged ranges`)
    const column = columnAt(Buffer.from(first), 0, first.length)
    this.merges.push({ range, column, firstRow: Number(firstRow), lastRow: Number(lastRow) })
  }

  #cellName = (): string => `${columnName(this.#column)}${this.#row}`

  #invalidValue = (): WorkbookError =>
    this.#broken(
      `the cell ${this.#cellName()} has the value ${JSON.stringify(this.#value.written.toString('utf8', 0, 40))}`,
    )

  #broken = (problem: string): WorkbookError => broken(this.#place.source, problem)
}

/** Types of one letter, by it. */
const TYPES: ReadonlyMap<number, string> = new Map(['s', 'n', 'b', 'e', 'd'].map(type => [type.charCodeAt(0), type]))

const isPlainFormat = (format: NumberFormat): boolean => format.length === 1 && format[0]?.kind === 'number'

/** Whether a number is written as it is read: digits without a leading zero. */
function isShortInteger(bytes: Buffer, length: number): boolean {
  if (length > SHORT_INTEGER || (bytes[0] === ZERO && length > 1)) return false
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number
    if (byte < ZERO || byte > NINE) return false
  }
  return true
}

function integerAt(bytes: Buffer, start: number, end: number): number {
  let integer = 0
  for (let at = start; at < end; at++) integer = integer * 10 + (bytes[at] as number) - ZERO
  return integer
}

/** 0 for `A` and for `A12`; -1 without a letter. */
function columnAt(bytes: Buffer, start: number, end: number): number {
  let column = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < CAPITAL_A || byte > CAPITAL_Z) break
    column = column * 26 + byte - CAPITAL_A + 1
  }
  return column - 1
}

/** `A` for 0, `AA` for 26. */
function columnName(column: number): string {
  const letter = String.fromCharCode(CAPITAL_A + (column % 26))
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter
}
