import type { CellReader } from '../../../csv/cellReader.ts'
import { type SyncPlan, wireColumns } from '../../../plan/syncPlan.ts'
import type { PlannedRecord } from '../../../results/planLines.ts'
import { shownContent } from '../../../sources/contentCell.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import type { StagedChunk } from '../../staged.ts'
import type { ChildRejection } from '../../waves/childReason.ts'
import type { FilledLine } from '../../waves/filledLine.ts'
import { plannedLine } from '../../waves/plannedParents.ts'
import { newText, readCells } from './recordComparison.ts'

type NewField = { readonly name: string; readonly place: number; readonly isContent: boolean }

/** A record that will be created, with the rows of its parents in place of Ids that they do not have yet. */
export class NewRecord {
  readonly #fields: readonly NewField[]
  /** Absent for a chunk whose records have their parents already. */
  readonly #parents: FilledLine | undefined
  readonly #cells: CellReader[] = []

  private constructor(fields: readonly NewField[], parents: FilledLine | undefined) {
    this.#fields = fields
    this.#parents = parents
  }

  static async open(store: RunStore, plan: SyncPlan, { operation, isUnfilled }: StagedChunk): Promise<NewRecord> {
    const fields = wireColumns(plan, operation).flatMap(({ field, valueField }, place) =>
      field === undefined || field.name === 'Id'
        ? []
        : [{ name: field.name, place, isContent: valueField.type === 'base64' }],
    )
    return new NewRecord(fields, isUnfilled ? await plannedLine(store, plan, operation) : undefined)
  }

  /** Reads the cells that are sent, from `start` to before `end`. Returns why the record is rejected: so is a row of the source above it. */
  read(row: () => number, bytes: Buffer, start: number, end: number): ChildRejection | undefined {
    const filled = this.#parents?.fill(row(), bytes, start, end)
    if (filled !== undefined && 'errorCode' in filled) return filled
    if (filled === undefined) readCells(this.#cells, bytes, start, end - 1)
    else readCells(this.#cells, filled, 0, filled.length - 1)
    return undefined
  }

  /** The values of the record that was read last. */
  get changes(): PlannedRecord['changes'] {
    return this.#fields.flatMap(({ name, place, isContent }) => {
      const text = newText(this.#cells, place)
      return text === '' ? [] : [{ field: name, old: '', new: isContent ? shownContent(text) : text }]
    })
  }
}
