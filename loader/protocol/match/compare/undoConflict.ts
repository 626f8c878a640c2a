import type { CellReader } from '../../../csv/cellReader.ts'
import { writtenFields } from '../../../plan/comparedFields.ts'
import { type SyncPlan, wireColumns } from '../../../plan/syncPlan.ts'
import { CLEAR } from '../../../values/fieldValue.ts'
import { shownValue } from '../../../values/valueProblem.ts'
import type { StagedChunk } from '../../staged.ts'
import type { PageColumns } from '../search/searchPages.ts'
import { type Compared, compared } from './recordComparison.ts'

export type ConflictReason = { readonly errorCode: 'UNDO_CONFLICT'; readonly errorMessage: string }

const conflict = (errorMessage: string): ConflictReason => ({ errorCode: 'UNDO_CONFLICT', errorMessage })

/** Whether the org still holds what the run wrote that is undone. The written values follow the cells of a staged record. */
export class UndoConflicts {
  readonly #fields: readonly Compared[]

  constructor(plan: SyncPlan, operation: StagedChunk['operation'], columns: PageColumns) {
    const first = wireColumns(plan, operation).length
    this.#fields = writtenFields(plan).map((field, index) => compared({ ...field, cell: first + index }, columns))
  }

  /** Why the record is left as it is; undefined when no one has changed what the run wrote. */
  reason(staged: readonly CellReader[], held: readonly CellReader[]): ConflictReason | undefined {
    const field = this.#fields.find(({ differs }) => differs(staged, held))
    if (field === undefined) return undefined
    const wrote = (staged[field.staged] as CellReader).text
    const holds = field.held < 0 ? '' : (held[field.held] as CellReader).text
    return conflict(
      `${field.name} is ${quoted(holds)} in the org, and not ${quoted(wrote === CLEAR ? '' : wrote)} as the run wrote it; the record was left as it is`,
    )
  }

  static readonly gone: ConflictReason = conflict(
    'The org no longer has the record, so its values were not written back',
  )
}

const quoted = (value: string): string => (value === '' ? 'blank' : `"${shownValue(value)}"`)
