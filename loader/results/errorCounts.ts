import type { ErrorCount, RecordResult } from '../../packages/client/contract/runReport.ts'
import { messageTemplate } from './messageTemplate.ts'

/** Maximum codes that are counted separately; a report with more is not useful. */
export const MAX_ERROR_CODES = 100

/** Replaces all codes beyond `MAX_ERROR_CODES`. */
const OTHER_ERRORS = 'OTHER'

const MAX_EXAMPLE_CHARACTERS = 500

/** Maximum reasons in the answer of a step, which Temporal stores for each chunk. */
const MAX_REJECTIONS = 5
/** Maximum reasons of a whole run while it runs. */
const MAX_MERGED = 20

/** The most frequent reasons, with the record's values left out of the examples: for the progress of a run. */
export function rejectionsOf(errors: ErrorCounter): readonly ErrorCount[] {
  return withoutValues(errors.counts().slice(0, MAX_REJECTIONS))
}

/** The same counts with … in place of the record's values in the examples. */
export function withoutValues(errors: readonly ErrorCount[]): readonly ErrorCount[] {
  return errors.map(error => ({ ...error, exampleMessage: messageTemplate(error.errorCode, error.exampleMessage) }))
}

/** The rejections of both, each with its earliest example; the rarest are dropped when there are too many. */
export function mergeRejections(one: readonly ErrorCount[], other: readonly ErrorCount[]): readonly ErrorCount[] {
  const merged = new Map(one.map(rejection => [rejection.errorCode, rejection]))
  for (const rejection of other) {
    const known = merged.get(rejection.errorCode)
    const earliest = known !== undefined && known.exampleRow < rejection.exampleRow ? known : rejection
    merged.set(rejection.errorCode, { ...earliest, count: rejection.count + (known?.count ?? 0) })
  }
  return mostFrequentFirst([...merged.values()]).slice(0, MAX_MERGED)
}

const mostFrequentFirst = (counts: readonly ErrorCount[]): ErrorCount[] =>
  counts.toSorted((one, other) => other.count - one.count || one.exampleRow - other.exampleRow)

/** Counts rejected records by code, in bounded memory. */
export class ErrorCounter {
  readonly #counts = new Map<string, { count: number; readonly row: number; readonly message: string }>()

  add({ row, errorCode, errorMessage }: Pick<RecordResult, 'row' | 'errorCode' | 'errorMessage'>): void {
    const isKnown = this.#counts.has(errorCode) || this.#counts.size < MAX_ERROR_CODES
    const code = isKnown ? errorCode : OTHER_ERRORS
    const counted = this.#counts.get(code)
    if (counted) counted.count++
    else this.#counts.set(code, { count: 1, row, message: errorMessage.slice(0, MAX_EXAMPLE_CHARACTERS) })
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
