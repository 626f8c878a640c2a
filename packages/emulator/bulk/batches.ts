import { setTimeout } from 'node:timers/promises'
import { ParentLocks } from '../writes/parentLocks.ts'

/** Salesforce divides the data of an ingest job into batches of this many records. */
export const BATCH_ROWS = 10_000

/** The speed at which an org processes ingest jobs. */
export type BulkSpeed = {
  /** Batches that the org processes side by side, those of all jobs together. */
  readonly parallelBatches: number
  /** Records per second in one batch. */
  readonly recordsPerSecond: number
  /** Whether records lock their parents while they are written, see writes/parentLocks.ts. @default false */
  readonly locksParents?: boolean
}

/** Like Salesforce. It publishes neither number: these are 10,000 records per second in all, and 10 seconds for a batch. */
export const SALESFORCE_SPEED: BulkSpeed = { parallelBatches: 10, recordsPerSecond: 1_000 }

// Batches of the same size take from three quarters to five quarters of the usual time, so that a later one may end first.
const SHORTEST = 0.75
const SPREAD = 0.5

/** The places for batches of an org. Batches of all jobs get them in the order in which they ask. */
export class BatchPlaces {
  readonly #speed: BulkSpeed
  readonly #waiting: (() => void)[] = []
  #free: number
  /** Present when records lock their parents. */
  readonly locks: ParentLocks | undefined

  constructor(speed: BulkSpeed) {
    this.#speed = speed
    this.#free = speed.parallelBatches
    this.locks = speed.locksParents === true ? new ParentLocks() : undefined
  }

  /** Resolves when the batch has a place. */
  async take(): Promise<void> {
    if (this.#free === 0) return new Promise(resolve => this.#waiting.push(resolve))
    this.#free -= 1
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }

  /** Resolves when the time of a batch has passed. @param luck from 0 up to 1: from the shortest time to the longest */
  async pass(rows: number, luck: number): Promise<void> {
    const seconds = (rows / this.#speed.recordsPerSecond) * (SHORTEST + SPREAD * luck)
    await setTimeout(seconds * 1000, undefined, { ref: false })
  }
}
