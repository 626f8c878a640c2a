/** Requests that the org accepts at one size before a larger one is tried; doubled each time the larger one is rejected. */
const PATIENCE = 4

/**
 * The number of records that the org accepts in one request. A governor limit halves it, so that the next requests are not rejected first. It grows
 * again: if one record was the cause, the others need not be sent one by one.
 */
export class RequestSize {
  #most = Number.POSITIVE_INFINITY
  /** The size before it grew, until the org has accepted the larger one. */
  #proven: number | undefined
  #accepted = 0
  #patience = PATIENCE

  fits(records: number): boolean {
    return records <= this.#most
  }

  accepted(records: number): void {
    // A request of half the size proves nothing.
    if (records * 2 <= this.#most) return
    this.#proven = undefined
    this.#accepted += 1
    if (this.#accepted < this.#patience) return
    this.#proven = this.#most
    this.#most *= 2
    this.#accepted = 0
  }

  rejected(records: number): void {
    const hasGrown = this.#proven !== undefined && records > this.#proven
    if (hasGrown) this.#patience *= 2
    this.#most = hasGrown ? (this.#proven as number) : Math.min(this.#most, Math.ceil(records / 2))
    this.#proven = undefined
    this.#accepted = 0
  }
}
