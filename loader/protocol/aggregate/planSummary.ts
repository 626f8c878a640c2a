// What a plan comes to: counted from the lines of plan.csv.
import { CHANGES, type PlannedChange, type PlanReport } from '../../../packages/client/contract/planRecords.ts'
import { VERDICTS, type Verdict } from '../../../packages/client/contract/verdicts.ts'
import { CellReader, recordCells } from '../../csv/cellReader.ts'
import type { RecordBytes } from '../../csv/recordBytes.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { ErrorCounter } from '../../results/errorCounts.ts'
import { FIELD_SEPARATOR, readPlanLine } from '../../results/planLines.ts'

/** Changes that a report shows. */
export const MAX_CHANGES = 20

export class PlanSummary {
  readonly #plan: SyncPlan
  readonly #counts = new Map<Verdict, number>(VERDICTS.map(verdict => [verdict, 0]))
  /** Updates by the fields that they change. */
  readonly #changed = new Map<string, number>()
  readonly #errors = new ErrorCounter()
  readonly #changes: PlannedChange[] = []
  readonly #cell = new CellReader()

  constructor(plan: SyncPlan) {
    this.#plan = plan
  }

  add(lines: RecordBytes, index: number): void {
    const [start, end] = [lines.starts[index] as number, (lines.starts[index + 1] as number) - 1]
    const verdict = this.#cell.readAt(1, lines.bytes, start, end).text as Verdict
    this.#counts.set(verdict, (this.#counts.get(verdict) ?? 0) + 1)
    switch (verdict) {
      case 'update':
        this.#addChanged(this.#cell.readAt(4, lines.bytes, start, end).text)
        break
      case 'ambiguous':
      case 'rejected':
        this.#errors.add(readPlanLine(this.#plan, recordCells(lines, index)))
        break
    }
    const isChange = CHANGES.some(change => change === verdict)
    if (isChange && this.#changes.length < MAX_CHANGES) this.#changes.push(changeOf(this.#plan, lines, index))
  }

  result(): Pick<PlanReport, 'verdicts' | 'changedFields' | 'errors'> & { readonly changes: readonly PlannedChange[] } {
    const verdicts = Object.fromEntries(this.#counts) as PlanReport['verdicts']
    return { verdicts, changedFields: this.#changedFields(), errors: this.#errors.counts(), changes: this.#changes }
  }

  #addChanged(fields: string): void {
    this.#changed.set(fields, (this.#changed.get(fields) ?? 0) + 1)
  }

  #changedFields(): PlanReport['changedFields'] {
    const counts = new Map<string, number>()
    for (const [fields, records] of this.#changed) {
      for (const field of fields.split(FIELD_SEPARATOR)) counts.set(field, (counts.get(field) ?? 0) + records)
    }
    return [...counts].map(([field, records]) => ({ field, records })).toSorted((a, b) => b.records - a.records)
  }
}
