import { sourceColumns } from '../../../packages/client/contract/fieldMapping.ts'
import { type CellBatch, cellText } from '../../csv/cells.ts'
import { compileMayBeMarked } from '../../mapping/markedBytes.ts'
import type { SourceMarks } from '../../mapping/sourceMarks.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'

type ReadColumn = {
  /** In a row of the source. */
  readonly position: number
  /** In the mapped columns, as `SourceMarks` counts them. */
  readonly index: number
}

/** Reads the values of mapped fields as the mapping gets them: without what spreadsheets leave in values. */
export class SourceValues {
  readonly #marks: SourceMarks | undefined
  readonly #mayBeMarked: ReturnType<typeof compileMayBeMarked>
  readonly #columns = new Map<string, readonly ReadColumn[]>()

  /** @param marks absent for records given inline */
  constructor(plan: SyncPlan, positionOf: (column: string) => number, marks: SourceMarks | undefined) {
    this.#marks = marks
    this.#mayBeMarked = compileMayBeMarked(marks?.blankValues ?? [])
    let index = 0
    for (const { name, mapping } of plan.fields) {
      this.#columns.set(
        name,
        sourceColumns(mapping).map(column => ({ position: positionOf(column), index: index++ })),
      )
    }
  }

  /** The values of the columns of a mapped field; undefined when its row is rejected because of one. A value that the row lacks is blank. */
  read(batch: CellBatch, record: number, field: string): readonly string[] | undefined {
    const values: string[] = []
    for (const column of this.#columns.get(field) ?? []) {
      const value = this.#value(batch, record, column)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }

  /** The cell with the value of a mapped field of one column, if that is ASCII and certainly read as it is written; else -1. */
  plainCell(batch: CellBatch, record: number, field: string): number {
    const columns = this.#columns.get(field) ?? []
    const [only] = columns
    if (only === undefined || columns.length > 1) return -1
    const cell = (batch.firstCells[record] as number) + only.position
    if (cell >= (batch.firstCells[record + 1] as number)) return -1
    const [start, end] = [batch.starts[cell] as number, batch.ends[cell] as number]
    const isPlain = start < end && !this.#mayBeMarked(batch.bytes, start, end, batch.marks[cell] as number)
    return isPlain ? cell : -1
  }

  #value(batch: CellBatch, record: number, { position, index }: ReadColumn): string | undefined {
    const cell = (batch.firstCells[record] as number) + position
    if (cell >= (batch.firstCells[record + 1] as number)) return ''
    const value = cellText(batch, cell)
    if (this.#marks === undefined || value === '') return value
    const { bytes, starts, ends, marks } = batch
    if (!this.#mayBeMarked(bytes, starts[cell] as number, ends[cell] as number, marks[cell] as number)) return value
    this.#marks.begin()
    const read = this.#marks.readValue(batch.firstRow + record, index, value)
    return typeof read === 'string' ? read : undefined
  }
}
