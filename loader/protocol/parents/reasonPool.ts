/** Characters of reasons that are kept. Each reason may have the values of its record, and every parent may be rejected. */
const MOST_REASONS = 4_000_000

/** Reasons by number, each kept once, in bounded memory. */
export class ReasonPool {
  readonly #reasons = ['']
  readonly #numbers = new Map<string, number>()
  #left = MOST_REASONS

  /** 0 for a reason that is not kept. */
  numberOf(reason: string): number {
    const known = this.#numbers.get(reason)
    if (known !== undefined) return known
    if (reason.length > this.#left) return 0
    this.#left -= reason.length
    this.#numbers.set(reason, this.#reasons.length)
    return this.#reasons.push(reason) - 1
  }

  /** Blank for 0. */
  reason(number: number): string {
    return this.#reasons[number] as string
  }
}
