/** Thrown by everything that a simulated worker does after it was killed. */
export class WorkerKilledError extends Error {
  override readonly name = 'WorkerKilledError' as const
}

/** A worker process that is killed right after one of its effects: a store write or an org call that has taken effect. */
export class SimulatedWorker {
  readonly #killedAfter: number
  #effects = 0

  /** @param killedAfter 1-based number of its last effect */
  constructor(killedAfter = Number.POSITIVE_INFINITY) {
    this.#killedAfter = killedAfter
  }

  get effects(): number {
    return this.#effects
  }

  get isKilled(): boolean {
    return this.#effects >= this.#killedAfter
  }

  /** Does something that outlives the process. */
  async effect<T>(work: () => T | Promise<T>): Promise<T> {
    this.throwIfKilled()
    try {
      return await work()
    } finally {
      this.#effects += 1
      // biome-ignore lint/correctness/noUnsafeFinally: a killed process sees neither the answer nor the error.
      if (this.isKilled) throw new WorkerKilledError()
    }
  }

  throwIfKilled(): void {
    if (this.isKilled) throw new WorkerKilledError()
  }
}
