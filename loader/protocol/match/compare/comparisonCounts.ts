import { VERDICTS, type Verdict } from '../../../../packages/client/contract/verdicts.ts'
import type { ComparedRecords } from '../../staged.ts'

/** Counts what a comparison finds. */
export class ComparisonCounts {
  readonly #verdicts = Object.fromEntries(VERDICTS.map(verdict => [verdict, 0])) as Record<Verdict, number>
  readonly #fields = new Map<string, number>()

  #unsent = 0

  add(verdict: Verdict, records = 1): void {
    this.#verdicts[verdict] += records
  }

  addUnchanged(isSent: boolean): void {
    this.#verdicts.unchanged += 1
    if (!isSent) this.#unsent += 1
  }

  /** Counts a field that differs. */
  addField(field: string): void {
    this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1)
  }

  get compared(): ComparedRecords {
    const fields = [...this.#fields].map(([field, records]) => ({ field, records }))
    return {
      verdicts: { ...this.#verdicts },
      changedFields: fields.toSorted((one, other) => other.records - one.records || (one.field < other.field ? -1 : 1)),
      unsent: this.#unsent,
    }
  }
}
