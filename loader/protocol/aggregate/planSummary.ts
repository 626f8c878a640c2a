import { CHANGES, type PlannedChange, type PlanReport } from '../../../packages/client/contract/planRecords.ts'
import { VERDICTS, type Verdict } from '../../../packages/client/contract/verdicts.ts'
import type { RecordBytes } from '../../csv/recordBytes.ts'
import { ErrorCounter } from '../../results/errorCounts.ts'
import { FIELD_SEPARATOR } from '../../results/planLines.ts'
import type { PlanLineReader } from '../../results/readPlanLine.ts'

/** Changes that a report shows. */
const CHANGES_SHOWN = 20

export type SummaryOfPlan = Pick<PlanReport, 'verdicts' | 'changedFields' | 'errors'> & {
  /** The first ones. */
  readonly changes: readonly PlannedChange[]
}

/** Counts the lines of plan.csv. */
export class PlanSummary {
  readonly #reader: PlanLineReader
  readonly #verdicts = new Map<Verdict, number>(VERDICTS.map(verdict => [verdict, 0]))
  /** Updates by the fields that they change, as the line has them. */
  readonly #changed = new Map<string, number>()
  readonly #errors = new ErrorCounter()
  readonly #changes: PlannedChange[] = []

  constructor(reader: PlanLineReader) {
    this.#reader = reader
  }

  add(lines: RecordBytes, index: number): void {
    const reader = this.#reader
    const verdict = reader.verdict(lines, index)
    count(this.#verdicts, verdict, 1)
    if (verdict === 'ambiguous' || verdict === 'rejected') this.#errors.add(reader.rejection(lines, index))
    if (verdict === 'update') count(this.#changed, reader.changed(lines, index), 1)
    const change = CHANGES.find(each => each === verdict)
    if (change !== undefined && this.#changes.length < CHANGES_SHOWN) {
      this.#changes.push(reader.change(lines, index, change))
    }
  }

  result(): SummaryOfPlan {
    const changed = new Map<string, number>()
    for (const [fields, records] of this.#changed) {
      for (const field of fields.split(FIELD_SEPARATOR)) count(changed, field, records)
    }
    return {
      verdicts: Object.fromEntries(this.#verdicts) as PlanReport['verdicts'],
      changedFields: [...changed]
        .map(([field, records]) => ({ field, records }))
        .toSorted((one, other) => other.records - one.records),
      errors: this.#errors.counts(),
      changes: this.#changes,
    }
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}
