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
  readonly #waiting: ((from: number) => void)[] = []
  /** When each free place became free, by `performance.now`. */
  readonly #free: number[]
  /** Present when records lock their parents. */
  readonly locks: ParentLocks | undefined

  constructor(speed: BulkSpeed) {
    this.#speed = speed
    this.#free = new Array<number>(speed.parallelBatches).fill(0)
    this.locks = speed.locksParents === true ? new ParentLocks() : undefined
  }

  /**
   * Resolves when the batch has a place, to the time from which it has it: the batches of a job that find free places begin with the job,
   * however long the emulator takes to read them. So their order depends on the seed alone.
   * @param since when the job began
   */
  async take(since: number): Promise<number> {
    const free = this.#free.shift()
    return free === undefined ? new Promise(resolve => this.#waiting.push(resolve)) : Math.max(free, since)
  }

  release(): void {
    const now = performance.now()
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(now)
    else next(now)
  }

  /**
   * Resolves when the time of a batch has passed.
   * @param luck from 0 up to 1: from the shortest time to the longest
   * @param from when it began
   */
  async pass(rows: number, luck: number, from: number): Promise<void> {
    const seconds = (rows / this.#speed.recordsPerSecond) * (SHORTEST + SPREAD * luck)
    await setTimeout(from + seconds * 1000 - performance.now(), undefined, { ref: false })
  }
}
