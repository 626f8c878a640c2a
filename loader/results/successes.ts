import { copyBytes } from '../csv/collectedBytes.ts'

/** Characters of a record Id as the API gives it. */
export const ID_LENGTH = 18

/** What Salesforce has done with a record that was sent. */
const SUCCESS_OUTCOMES = ['created', 'updated', 'deleted'] as const
export type SuccessOutcome = (typeof SUCCESS_OUTCOMES)[number]

/** The rows that succeeded: 19 bytes each, since an object for each would fill most of a worker's memory. */
export class Successes {
  /** 1 and more: the place in SUCCESS_OUTCOMES, counted from 1. */
  readonly #outcomes: Uint8Array
  readonly #ids: Buffer

  constructor(rows: number) {
    this.#outcomes = new Uint8Array(rows)
    this.#ids = Buffer.allocUnsafeSlow(rows * ID_LENGTH)
  }

  /** Takes the Id from `start` to `end` of `bytes`; false when it does not have the form of one. */
  add(index: number, outcome: SuccessOutcome, bytes: Uint8Array, start: number, end: number): boolean {
    if (!isId(bytes, start, end)) return false
    this.#outcomes[index] = SUCCESS_OUTCOMES.indexOf(outcome) + 1
    copyBytes(bytes, start, end, this.#ids, index * ID_LENGTH)
    return true
  }

  has(index: number): boolean {
    return this.#outcomes[index] !== 0
  }

  /** Of a row that succeeded. */
  outcome(index: number): SuccessOutcome {
    return SUCCESS_OUTCOMES[(this.#outcomes[index] as number) - 1] as SuccessOutcome
  }

  id(index: number): string {
    const start = index * ID_LENGTH
    return this.#ids.toString('latin1', start, start + ID_LENGTH)
  }

  copyId(index: number, to: Uint8Array, at: number): void {
    const start = index * ID_LENGTH
    copyBytes(this.#ids, start, start + ID_LENGTH, to, at)
  }
}

/** Letters and digits only, so that it needs no quotes in a file. */
function isId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== ID_LENGTH) return false
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number
    const letter = code | 32
    if ((letter < 97 || letter > 122) && (code < 48 || code > 57)) return false
  }
  return true
}
