/** Lets steps through one after the other, in the order of their coming. Deterministic: it holds promises only. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(step: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(step, step)
    // A failed step is its caller's concern; the next one goes ahead all the same.
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
