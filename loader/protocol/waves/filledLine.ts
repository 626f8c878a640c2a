import { CellReader } from '../../csv/cellReader.ts'
import { CollectedBytes, copyBytes } from '../../csv/collectedBytes.ts'
import { type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import type { StagedChunk } from '../staged.ts'
import type { ChildRejection } from './childReason.ts'
import type { ParentOutcome } from './parentIds.ts'
import type { ParentLink, RowPlaces } from './rowPlaces.ts'

type FilledCell = {
  /** Place in the line. */
  readonly cell: number
  /** Place in the references of the run. */
  readonly reference: number
}

/** The line of a record as it will be sent: the Ids of its parents are put into the cells that were staged blank. */
export class FilledLine {
  readonly #places: RowPlaces
  readonly #cells: readonly FilledCell[]
  readonly #outcomeOf: (row: number) => ParentOutcome
  readonly #line = new CollectedBytes()
  readonly #reader = new CellReader()

  /** @param outcomeOf gives what is known of a row that is a parent */
  constructor(
    plan: SyncPlan,
    operation: StagedChunk['operation'],
    places: RowPlaces,
    outcomeOf: (row: number) => ParentOutcome,
  ) {
    const columns = wireColumns(plan, operation)
    this.#places = places
    this.#outcomeOf = outcomeOf
    this.#cells = places.references
      .flatMap(({ kind, field }, reference) => {
        const cell = columns.findIndex(column => column.field?.name === field.name)
        return kind === 'filled' ? [{ cell, reference }] : []
      })
      .toSorted((one, other) => one.cell - other.cell)
  }

  /** Fills the line of a record, from `start` to before `end`. Returns its bytes, valid until the next call, or why it is not sent. */
  fill(row: number, bytes: Buffer, start: number, end: number): Buffer | ChildRejection {
    const line = this.#line
    line.length = 0
    let [copied, cell, at] = [start, 0, start]
    for (const { cell: place, reference } of this.#cells) {
      const parent = this.#parentOf(this.#places.linkOf(row, reference))
      if ('errorCode' in parent) return parent
      for (; cell <= place; cell++) at = this.#reader.read(bytes, at, end - 1).next
      this.#copy(bytes, copied, this.#reader.start)
      line.add(parent.id)
      copied = this.#reader.end
    }
    this.#copy(bytes, copied, end)
    return line.bytes.subarray(0, line.length)
  }

  #parentOf(link: ParentLink): ParentOutcome {
    switch (link.kind) {
      case 'none':
        return NO_ID
      case 'known':
        return link
      case 'row':
        return this.#outcomeOf(link.row)
    }
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    const line = this.#line
    line.length = copyBytes(bytes, start, end, line.reserve(end - start), line.length)
  }
}

const NO_ID = { id: '' } as const
