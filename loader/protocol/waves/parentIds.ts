import { recordText } from '../../csv/recordBytes.ts'
import { ID_BYTES } from '../../matching/keyMatches.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { type ResultBatch, ResultParts } from '../../results/resultBatch.ts'
import { hasRecord } from '../parents/keyedLines.ts'
import { ReasonPool } from '../parents/reasonPool.ts'
import { type ChildRejection, childRejection, parentReason } from './childReason.ts'

/** What is known of a parent: its Id, or why its children are not sent. */
export type ParentOutcome = { readonly id: string } | ChildRejection

/** The state of a parent without a result. */
const UNKNOWN = 0
const WRITTEN = 1
/** From here on the state is the number of a reason. */
const FIRST_REASON = 2

/** The Ids of the rows that are parents, from their results: a row takes two bits, and a parent 22 bytes. */
export class ParentIds {
  /** By row, one bit: whether it is a parent. */
  readonly #isParent: Uint32Array
  /** By word of `#isParent`: parents in the words before. */
  readonly #before: Uint32Array
  #states = new Uint32Array(0)
  #ids: Buffer = Buffer.alloc(0)
  readonly #reasons = new ReasonPool()
  readonly #parts = new ResultParts()

  /** @param rows of the source */
  constructor(rows: number) {
    this.#isParent = new Uint32Array((rows >>> 5) + 1)
    this.#before = new Uint32Array(this.#isParent.length)
  }

  /** Marks a row as a parent. */
  need(row: number): void {
    this.#isParent[row >>> 5] = (this.#isParent[row >>> 5] as number) | (1 << (row & 31))
  }

  /** After the last parent was marked. */
  begin(): void {
    let parents = 0
    for (let word = 0; word < this.#isParent.length; word++) {
      this.#before[word] = parents
      parents += bitsIn(this.#isParent[word] as number)
    }
    this.#states = new Uint32Array(parents)
    this.#ids = Buffer.alloc(parents * ID_BYTES)
  }

  /** Takes results; those of rows that are no parents are passed over. */
  take(batch: ResultBatch): void {
    const { bytes, rows, count } = batch
    for (let at = 0; at < count; at++) {
      const place = this.#placeOf(rows[at] as number)
      if (place === undefined) continue
      const parts = this.#parts.read(batch, at)
      if (hasRecord(parts)) {
        this.#states[place] = WRITTEN
        bytes.copy(
          this.#ids,
          place * ID_BYTES,
          parts.outcomeEnd + 1,
          Math.min(parts.idEnd, parts.outcomeEnd + 1 + ID_BYTES),
        )
      } else this.#states[place] = FIRST_REASON + this.#reasons.numberOf(reasonOf(batch, at))
    }
  }

  /** Whether the result of a parent was taken. */
  has(row: number): boolean {
    const place = this.#placeOf(row)
    return place !== undefined && this.#states[place] !== UNKNOWN
  }

  /** Throws a RangeError for a row without a result: all parents are settled before their children are sent. */
  outcome(row: number): ParentOutcome {
    const place = this.#placeOf(row)
    const state = place === undefined ? UNKNOWN : (this.#states[place] as number)
    if (place === undefined || state === UNKNOWN) throw new RangeError(`Row ${row} is a parent and has no result`)
    if (state >= FIRST_REASON) return childRejection(row, this.#reasons.reason(state - FIRST_REASON))
    const from = place * ID_BYTES
    return { id: this.#ids.toString('latin1', from, from + ID_BYTES).replace(/\0+$/, '') }
  }

  /** undefined for a row that is no parent. */
  #placeOf(row: number): number | undefined {
    const word = this.#isParent[row >>> 5] ?? 0
    const bit = 1 << (row & 31)
    if ((word & bit) === 0) return undefined
    return (this.#before[row >>> 5] as number) + bitsIn(word & (bit - 1))
  }
}

function reasonOf(batch: ResultBatch, at: number): string {
  const [result] = recordResults([readChunkResult(recordText(batch, at))])
  if (result === undefined) throw new RangeError('A result has no line')
  return parentReason(result)
}

/** Bits that are set in a word: https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
