import { type CellSettings, compileCellText, type StoredCell } from './cellText.ts'
import { broken, WorkbookError } from './errors.ts'
import type { XmlAttributes, XmlHandler } from './xmlReader.ts'

/** A row with a value. */
export type SheetRow = {
  /** 1-based, as Excel shows it. */
  readonly number: number
  /** From column A to the last one with a value. */
  readonly cells: string[]
  readonly isHidden: boolean
}

/** A merged range of several rows. */
export type Merge = {
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

/** Collects the rows of a sheet, which is read piece by piece. Rows without a value are left out. */
export class SheetRows implements XmlHandler {
  readonly #place: SheetPlace
  readonly #textOf: (cell: StoredCell) => string | undefined
  #rows: SheetRow[] = []
  readonly merges: Merge[] = []
  /** The first cell whose format does not show all of its value. */
  readonly hiddenParts = { count: 0, first: '' }
  #isData = false
  #row = 0
  #isHidden = false
  #cells: string[] = []
  #hasValue = false
  #column = -1
  #type = ''
  #style = 0
  #value = ''
  #hasFormula = false
  #isText = false
  #isPhonetic = false

  constructor(place: SheetPlace, settings: Omit<CellSettings, 'onHiddenPart'>) {
    this.#place = place
    const onHiddenPart = () => {
      this.hiddenParts.count += 1
      this.hiddenParts.first ||= this.#cellName()
    }
    this.#textOf = compileCellText({ ...settings, onHiddenPart })
  }

  /** The rows since the last call. */
  take(): readonly SheetRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'sheetData') this.#isData = true
    else if (name === 'mergeCell') this.#addMerge(attributes.ref ?? '')
    else if (!this.#isData) return
    else if (name === 'c') this.#openCell(attributes)
    else if (name === 'v') this.#isText = true
    else if (name === 'row') this.#openRow(attributes)
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

  text(text: string): void {
    if (this.#isText) this.#value += text
  }

  #openRow({ r, hidden }: XmlAttributes): void {
    const number = r === undefined ? this.#row + 1 : Number(r)
    if (!(number > this.#row)) throw this.#broken(`row ${r} comes after row ${this.#row}`)
    this.#row = number
    this.#isHidden = hidden === '1' || hidden === 'true'
    this.#column = -1
  }

  #closeRow(): void {
    if (this.#hasValue) this.#rows.push({ number: this.#row, cells: this.#cells, isHidden: this.#isHidden })
    this.#cells = []
    this.#hasValue = false
  }

  #openCell({ r, t = '', s }: XmlAttributes): void {
    const column = r === undefined ? this.#column + 1 : columnOf(r)
    if (!(column > this.#column && column < MOST_COLUMNS)) {
      throw this.#broken(`the cell ${r ?? 'without a name'} in row ${this.#row} is in the wrong place`)
    }
    this.#column = column
    this.#type = t
    this.#style = s === undefined ? 0 : Number(s)
    this.#value = ''
    this.#hasFormula = false
  }

  #closeCell(): void {
    const value = this.#value
    if (this.#place.totalsRows.has(this.#row)) return
    if (this.#hasFormula) this.#checkFormula(value)
    if (value === '') return
    const text = this.#textOf({ type: this.#type, style: this.#style, value })
    if (text === undefined) {
      throw this.#broken(`the cell ${this.#cellName()} has the value ${JSON.stringify(value.slice(0, 40))}`)
    }
    if (text === '') return
    while (this.#cells.length < this.#column) this.#cells.push('')
    this.#cells.push(text)
    this.#hasValue ||= text.trim() !== ''
  }

  /** A formula whose result is blank text has a type. */
  #checkFormula(value: string): void {
    const { source, isToCalculate } = this.#place
    if (!isToCalculate && (value !== '' || this.#type === 'str')) return
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
    this.merges.push({ range, column: columnOf(first), firstRow: Number(firstRow), lastRow: Number(lastRow) })
  }

  #cellName = (): string => `${columnName(this.#column)}${this.#row}`

  #broken = (problem: string): WorkbookError => broken(this.#place.source, problem)
}

/** 0 for `A` and for `A12`; -1 without a letter. */
function columnOf(cell: string): number {
  let column = 0
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at)
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  return column - 1
}

/** `A` for 0, `AA` for 26. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26))
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter
}
