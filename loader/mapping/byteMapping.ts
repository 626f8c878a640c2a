// Maps records as bytes: a cell that is sent as it is written is copied, and another one becomes a string. A record that may be rejected is
// left to `mapRow`, the reference.
import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import { OPERATIONS, type Operation } from '../../packages/client/contract/operations.ts'
import { type CellBatch, cellText } from '../csv/cells.ts'
import { LineBuffer } from '../csv/lineBuffer.ts'
import { csvCells } from '../csv/ownCsv.ts'
import { isSearched, type SyncPlan } from '../plan/syncPlan.ts'
import { isBlank } from '../values/text.ts'
import type { ValueProblem } from '../values/valueProblem.ts'
import type { CellMaker, RowKey } from './cellMaker.ts'
import type { CompiledMapping } from './mapping.ts'
import { compileMayBeMarked } from './markedBytes.ts'
import { parentOf } from './parentTable.ts'
import { compileIsPlainShape } from './plainShape.ts'
import type { SourceMarks } from './sourceMarks.ts'

/** What a source value is: blank, the bytes of its cell, or a text that is read from them. */
const BLANK = 0
const BYTES = 1
const TEXT = 2

type ByteCell = {
  readonly maker: CellMaker
  /** Index in the columns of the mapping, the first one of a parent; -1 for a constant. */
  readonly column: number
  /** Of all columns of a parent. */
  readonly parentColumns: readonly number[]
  /** The field that decides what the column means. */
  readonly within?: Omit<ByteCell, 'blank'>
  /** The constant or default, or what a blank value becomes; undefined when it may not be blank. */
  readonly blank: Buffer | undefined
}

type ByteOperation = {
  readonly cells: readonly ByteCell[]
  readonly key: (RowKey & { readonly cells: readonly Omit<ByteCell, 'blank'>[] }) | undefined
  readonly isKeyed: boolean
  readonly names: ReadonlySet<number> | undefined
}

const encoded = (value: string | undefined): Buffer | undefined =>
  value === undefined ? undefined : Buffer.from(csvCells([value]))

export class ByteMapping {
  /** The record as it is sent; with the key that finds it in front of its cells, where the chunk has it. */
  readonly line = new LineBuffer()
  /** The number of the record, and its identity fields. */
  readonly rowLine = new LineBuffer()
  /** `MappedRow.repeatKey` in UTF-8; empty when it is blank. */
  readonly repeatKey = new LineBuffer()
  readonly #mapping: CompiledMapping
  readonly #marks: SourceMarks | undefined
  readonly #isPlainShape: (batch: CellBatch, record: number) => boolean
  readonly #mayBeMarked: ReturnType<typeof compileMayBeMarked>
  /** Positions of the mapped columns in a record. */
  readonly #positions: readonly number[]
  readonly #identity: readonly number[]
  readonly #operationAt: number
  readonly #operations: Readonly<Record<Operation, ByteOperation>>
  /** Of the record that is being mapped, by mapped column. */
  readonly #states: Uint8Array
  readonly #texts: string[]

  /** @param marks absent for records given inline */
  constructor(plan: SyncPlan, header: readonly string[], mapping: CompiledMapping, marks?: SourceMarks) {
    this.#mapping = mapping
    this.#marks = marks
    this.#isPlainShape = compileIsPlainShape(header)
    this.#mayBeMarked = compileMayBeMarked(marks?.blankValues ?? [])
    this.#positions = plan.fields.flatMap(({ mapping: from }) => sourceColumns(from).map(mapping.positionOf))
    this.#identity = plan.identityFields.map(mapping.positionOf)
    this.#operationAt = typeof plan.operation === 'string' ? -1 : mapping.positionOf(plan.operation.column)
    this.#operations = Object.fromEntries(OPERATIONS.map(one => [one, this.#compile(plan, one)])) as Record<
      Operation,
      ByteOperation
    >
    this.#states = new Uint8Array(this.#positions.length)
    this.#texts = this.#positions.map(() => '')
  }

  /** Maps a record into the lines; undefined when `mapRow` has to read it, because it may be rejected. */
  map(batch: CellBatch, record: number, row: number): Operation | undefined {
    if (!this.#isPlainShape(batch, record)) return undefined
    const first = batch.firstCells[record] as number
    if (!this.#readColumns(batch, first, row)) return undefined
    const operation = this.#operationOf(batch, first)
    if (typeof operation !== 'string') return undefined
    const compiled = this.#operations[operation]
    this.line.clear()
    if (!this.#writeKey(compiled, batch, first)) return undefined
    if (!this.#writeCells(compiled, batch, first, operation)) return undefined
    this.#writeRowLine(batch, first, row)
    return operation
  }

  #compile(plan: SyncPlan, operation: Operation): ByteOperation {
    const { makers, rowKey, names } = this.#mapping.cellsOf[operation]
    const column = (position: number) => (position < 0 ? -1 : this.#positions.indexOf(position))
    const read = (maker: CellMaker): Omit<ByteCell, 'blank'> => ({
      maker,
      column: column(maker.position),
      parentColumns: maker.parent?.positions.map(column) ?? [],
      ...(maker.within && { within: read(maker.within.by) }),
    })
    return {
      cells: makers.map(maker => ({
        ...read(maker),
        blank: encoded(maker.constant === '' ? maker.blankCell : maker.constant),
      })),
      key: rowKey && { ...rowKey, cells: rowKey.makers.map(read) },
      isKeyed: isSearched(plan, operation),
      names: names?.some(index => makers[index]?.constant !== '') ? undefined : names && new Set(names),
    }
  }

  /** Reads the mapped columns; false when the marks reject the record. */
  #readColumns(batch: CellBatch, first: number, row: number): boolean {
    const { bytes, starts, ends, marks } = batch
    this.#marks?.begin()
    for (let column = 0; column < this.#positions.length; column++) {
      const cell = first + (this.#positions[column] as number)
      const start = starts[cell] as number
      const end = ends[cell] as number
      if (start === end) {
        this.#states[column] = BLANK
      } else if (this.#mayBeMarked(bytes, start, end, marks[cell] as number)) {
        const value = cellText(batch, cell)
        const text = this.#marks === undefined ? value : this.#marks.readValue(row, column, value)
        if (typeof text !== 'string') return false
        this.#states[column] = isBlank(text) ? BLANK : TEXT
        this.#texts[column] = text
      } else {
        this.#states[column] = BYTES
      }
    }
    return true
  }

  #operationOf(batch: CellBatch, first: number) {
    if (this.#operationAt < 0) return this.#mapping.operationOf('')
    const column = this.#positions.indexOf(this.#operationAt)
    const value = column < 0 ? cellText(batch, first + this.#operationAt) : this.#textOf(column, batch, first)
    return this.#mapping.operationOf(value)
  }

  /** The value of a mapped column without its mark. */
  #textOf(column: number, batch: CellBatch, first: number): string {
    if (this.#states[column] === TEXT) return this.#texts[column] as string
    return this.#states[column] === BLANK ? '' : cellText(batch, first + (this.#positions[column] as number))
  }

  #writeKey({ key, isKeyed }: ByteOperation, batch: CellBatch, first: number): boolean {
    this.repeatKey.clear()
    if (key === undefined) return true
    const { cells, letters } = key
    const [only] = cells
    if (cells.length > 1 || only === undefined) return this.#writeKeys(key, isKeyed, batch, first)
    const { maker, column } = only
    if (column < 0) return false
    if (maker.parent !== undefined) return this.#writeKeys(key, isKeyed, batch, first)
    const state = this.#states[column]
    if (state === BLANK) return !key.isNeeded && maker.constant === ''
    const cell = first + (this.#positions[column] as number)
    const start = batch.starts[cell] as number
    const end = batch.ends[cell] as number
    if (state === BYTES && letters !== undefined && maker.isSent(batch.bytes, start, end)) {
      if (key.prefix !== '') this.repeatKey.text(key.prefix)
      if (letters === 'folded') this.repeatKey.folded(batch.bytes, start, end)
      else this.repeatKey.raw(batch.bytes, start, end)
      if (isKeyed) this.line.cell(batch, cell)
      return true
    }
    const value = this.#converted(only, batch, first)
    if (typeof value !== 'string' || value === '') return false
    this.repeatKey.text(key.repeatKey([value]))
    if (isKeyed) this.line.value(value)
    return true
  }

  /** Writes the values of several key fields; false when one is blank or wrong. */
  #writeKeys(key: NonNullable<ByteOperation['key']>, isKeyed: boolean, batch: CellBatch, first: number): boolean {
    const values: string[] = []
    for (const cell of key.cells) {
      const value = this.#isBlank(cell) ? cell.maker.constant : this.#converted(cell, batch, first)
      if (typeof value !== 'string' || value === '') return false
      if (isKeyed && values.length > 0) this.line.comma()
      if (isKeyed) this.line.value(value)
      values.push(value)
    }
    this.repeatKey.text(key.repeatKey(values))
    return true
  }

  /** Writes the cells that are sent; false when the record lacks a value or has a wrong one. */
  #writeCells(
    { cells, isKeyed, names }: ByteOperation,
    batch: CellBatch,
    first: number,
    operation: Operation,
  ): boolean {
    const { line } = this
    let isEmpty = true
    let isNameless = names !== undefined
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as ByteCell
      if (i > 0 || isKeyed) line.comma()
      if (this.#isBlank(cell)) {
        const { blank } = cell
        if (blank === undefined) return false
        if (blank.length === 0) continue
        line.raw(blank, 0, blank.length)
        isEmpty = false
        continue
      }
      if (!this.#writeValue(cell, batch, first)) return false
      isEmpty = false
      if (names?.has(i)) isNameless = false
    }
    if ((isEmpty && operation === 'create') || isNameless) return false
    // A single blank value would be a blank line, which readers skip.
    if (line.length === 0) line.text('""')
    line.lineEnd()
    return true
  }

  #isBlank({ column, parentColumns }: Pick<ByteCell, 'column' | 'parentColumns'>): boolean {
    if (parentColumns.length > 1) return parentColumns.every(each => this.#states[each] === BLANK)
    return column < 0 || this.#states[column] === BLANK
  }

  /** The value of a cell that is not blank, as it is sent. */
  #converted(
    { maker, column, parentColumns, within }: Omit<ByteCell, 'blank'>,
    batch: CellBatch,
    first: number,
  ): string | ValueProblem {
    const { parent } = maker
    if (maker.within !== undefined && within !== undefined) {
      const by = this.#isBlank(within) ? within.maker.constant : this.#converted(within, batch, first)
      return maker.within.convert(this.#textOf(column, batch, first), by)
    }
    if (parent === undefined) return maker.convert(this.#textOf(column, batch, first))
    const values = parentColumns.map(each => this.#textOf(each, batch, first))
    return parentOf(parent, values)
  }

  /** Writes a value that is not blank; false when it is wrong. */
  #writeValue(cell: ByteCell, batch: CellBatch, first: number): boolean {
    const { column, maker, parentColumns } = cell
    const at = first + (this.#positions[column] as number)
    if (this.#states[column] === BYTES) {
      const [start, end] = [batch.starts[at] as number, batch.ends[at] as number]
      if (maker.isSent(batch.bytes, start, end)) {
        this.line.cell(batch, at)
        return true
      }
      const { writeId } = maker.parent?.table ?? {}
      if (parentColumns.length === 1 && writeId?.(this.line, batch.bytes, start, end) === true) return true
    }
    const value = this.#converted(cell, batch, first)
    if (typeof value !== 'string' || value === '') return false
    this.line.value(value)
    return true
  }

  #writeRowLine(batch: CellBatch, first: number, row: number): void {
    const { rowLine } = this
    rowLine.clear().number(row)
    for (const position of this.#identity) {
      rowLine.comma()
      rowLine.cell(batch, first + position)
    }
    rowLine.lineEnd()
  }
}
