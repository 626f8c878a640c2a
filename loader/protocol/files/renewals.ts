/** Milliseconds; several of them fit into the lifetime of a declaration. */
const INTERVAL = 4_000

/** Renews a declaration again and again until it ends. A renewal that fails is not repeated: the next one follows. */
export class Renewals {
  readonly #timer: NodeJS.Timeout
  #last: Promise<void> = Promise.resolve()

  constructor(renew: () => Promise<void>) {
    let isRenewing = false
    this.#timer = setInterval(() => {
      if (isRenewing) return
      isRenewing = true
      this.#last = renew()
        .catch(() => undefined)
        .finally(() => {
          isRenewing = false
        })
    }, INTERVAL)
  }

  /** Resolves when no renewal is written any more. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#last
  }
}
