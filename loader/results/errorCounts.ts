import type { ErrorCount, RecordResult } from '../../packages/client/contract/runReport.ts'
import { messageTemplate } from './messageTemplate.ts'

/** Different codes counted by themselves; a report with more is of no use to anyone. */
export const MOST_ERROR_CODES = 100

/** Stands for all codes beyond `MOST_ERROR_CODES`. */
const OTHER_ERRORS = 'OTHER'

const LONGEST_EXAMPLE = 500

/** Reasons that a step tells of: its answer is kept in Temporal for each chunk. */
const MOST_REJECTIONS = 5
/** Reasons kept of a whole run while it is at work. */
const MOST_MERGED = 20

/** The most frequent reasons, with the record's values left out of the examples: for what is shown while a run is at work. */
export function rejectionsOf(errors: ErrorCounter): readonly ErrorCount[] {
  const most = errors.counts().slice(0, MOST_REJECTIONS)
  return most.map(rejection => ({
    ...rejection,
    exampleMessage: messageTemplate(rejection.errorCode, rejection.exampleMessage),
  }))
}

/** The rejections of both, each with its earliest example; the rarest are let go when they become too many. */
export function mergeRejections(one: readonly ErrorCount[], other: readonly ErrorCount[]): readonly ErrorCount[] {
  const merged = new Map(one.map(rejection => [rejection.errorCode, rejection]))
  for (const rejection of other) {
    const known = merged.get(rejection.errorCode)
    const earliest = known !== undefined && known.exampleRow < rejection.exampleRow ? known : rejection
    merged.set(rejection.errorCode, { ...earliest, count: rejection.count + (known?.count ?? 0) })
  }
  return mostFrequentFirst([...merged.values()]).slice(0, MOST_MERGED)
}

function mostFrequentFirst(counts: readonly ErrorCount[]): ErrorCount[] {
  return counts.toSorted((one, other) => other.count - one.count || one.exampleRow - other.exampleRow)
}

/** Counts rejected records by code, in bounded memory. */
export class ErrorCounter {
  readonly #counts = new Map<string, { count: number; readonly row: number; readonly message: string }>()

  add({ row, errorCode, errorMessage }: Pick<RecordResult, 'row' | 'errorCode' | 'errorMessage'>): void {
    const isKnown = this.#counts.has(errorCode) || this.#counts.size < MOST_ERROR_CODES
    const code = isKnown ? errorCode : OTHER_ERRORS
    const counted = this.#counts.get(code)
    if (counted) counted.count++
    else this.#counts.set(code, { count: 1, row, message: errorMessage.slice(0, LONGEST_EXAMPLE) })
  }

  /** The most frequent first. */
  counts(): ErrorCount[] {
    return mostFrequentFirst(
      [...this.#counts].map(([errorCode, { count, row, message }]) => {
        return { errorCode, count, exampleRow: row, exampleMessage: message }
      }),
    )
  }
}
