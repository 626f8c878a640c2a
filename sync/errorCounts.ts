import type { RecordResult } from './recordResult.ts'

/** How often records were refused for one reason, with the first of them as an example. */
export type ErrorCount = {
  readonly errorCode: string
  readonly count: number
  readonly exampleRow: number
  readonly exampleMessage: string
}

/** Different codes counted by themselves; a report with more is of no use to anyone. */
export const MOST_ERROR_CODES = 100

/** Stands for all codes beyond `MOST_ERROR_CODES`. */
const OTHER_ERRORS = 'OTHER'

const LONGEST_EXAMPLE = 500

/** Counts refused records by code, in bounded memory. */
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
    return [...this.#counts]
      .map(([errorCode, { count, row, message }]) => ({ errorCode, count, exampleRow: row, exampleMessage: message }))
      .sort((one, other) => other.count - one.count || one.exampleRow - other.exampleRow)
  }
}
