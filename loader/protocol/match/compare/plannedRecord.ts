// Whether a record may still be sent as it was planned: the org may have changed since.
import type { Verdict } from '../../../../packages/client/contract/verdicts.ts'
import type { CellReader } from '../../../csv/cellReader.ts'
import { comparedFields } from '../../../plan/comparedFields.ts'
import type { SyncPlan } from '../../../plan/syncPlan.ts'
import { FIELD_SEPARATOR, PLAN_COLUMNS, type PlannedRecord, shownFields } from '../../../results/planLines.ts'
import { compileSameValue, type ValueBytes } from '../../../values/sameValue.ts'
import type { StagedChunk } from '../../staged.ts'
import type { SourceLine } from '../chunkRecords.ts'
import { readCells } from './recordComparison.ts'

/** What is done to a record now, as far as a plan depends on it. */
export type RecordNow = Pick<PlannedRecord, 'verdict' | 'id' | 'changes'>

export type StaleReason = { readonly errorCode: 'PLAN_STALE'; readonly errorMessage: string }

const SENT: readonly Verdict[] = ['create', 'update', 'delete']

const stale = (what: string): StaleReason => ({
  errorCode: 'PLAN_STALE',
  errorMessage: `The org has changed since the plan, so the record was not sent: ${what}. Plan again`,
})

/** `update of 003… (Title, Phone)` */
function wordsOf({
  verdict,
  id,
  fields,
}: {
  readonly verdict: Verdict
  readonly id: string
  readonly fields: string
}): string {
  const about = id === '' ? '' : ` of ${id}`
  return `${verdict}${about}${verdict === 'update' ? ` (${fields.replaceAll(FIELD_SEPARATOR, ', ')})` : ''}`
}

/** Compares records with their lines in the part of plan.csv that the plan has written. */
export class PlannedRecords {
  readonly #object: string
  readonly #cells: CellReader[] = []
  /** Of each compared field: where its old value is, and whether two values of the org are the same. */
  readonly #old: ReadonlyMap<string, readonly [cell: number, same: (one: ValueBytes, other: ValueBytes) => boolean]>

  constructor(plan: SyncPlan, operation: StagedChunk['operation']) {
    const shown = shownFields(plan)
    const values = PLAN_COLUMNS.length + plan.identityFields.length
    this.#object = plan.object
    this.#old = new Map(
      comparedFields(plan, operation).map(({ name, valueField, lookup }) => [
        name,
        [values + 2 * shown.indexOf(name), compileSameValue(valueField, lookup !== undefined)],
      ]),
    )
  }

  /** Why the record is not sent as planned; undefined if it is. One that was not to be sent, and is not, has its own reason. */
  staleReason({ bytes, start, end }: SourceLine, now: RecordNow): StaleReason | undefined {
    const cells = this.#cells
    readCells(cells, bytes, start, end - 1)
    const [verdict, id, changed] = [this.#text('verdict') as Verdict, this.#text('id'), this.#text('changed')]
    const isSame = verdict === now.verdict
    if (isSame && !SENT.includes(verdict)) return undefined
    const fields = now.changes.map(({ field }) => field).join(FIELD_SEPARATOR)
    if (!isSame || id !== now.id || (verdict === 'update' && changed !== fields)) {
      const [planned, found] = [
        { verdict, id, fields: changed },
        { ...now, fields },
      ].map(wordsOf)
      return stale(`the plan was ${planned}, and now it would be ${found}`)
    }
    for (const [field, old] of this.#heldBy(now)) {
      const planned = this.#plannedOld(field, old)
      if (planned === undefined) continue
      return stale(
        `${field} of ${this.#object} ${id} was ${JSON.stringify(planned)} then, and is ${JSON.stringify(old)} now`,
      )
    }
    return undefined
  }

  /** The values of the org that a change depends on: of an update those of the fields that change, of a delete all that are lost. */
  #heldBy({ verdict, changes }: RecordNow): ReadonlyMap<string, string> {
    const held = new Map(changes.map(({ field, old }) => [field, old]))
    if (verdict === 'delete') for (const field of this.#old.keys()) if (!held.has(field)) held.set(field, '')
    return verdict === 'create' ? new Map() : held
  }

  /** The old value of the plan; undefined if it is the same as the one that the org holds now. */
  #plannedOld(field: string, held: string): string | undefined {
    const old = this.#old.get(field)
    if (old === undefined) return undefined
    const [place, same] = old
    const planned = this.#cells[place] as CellReader
    const bytes = Buffer.from(held)
    return same(planned, { bytes, start: 0, end: bytes.length }) ? undefined : planned.text
  }

  #text(column: (typeof PLAN_COLUMNS)[number]): string {
    return (this.#cells[PLAN_COLUMNS.indexOf(column)] as CellReader).text
  }
}
