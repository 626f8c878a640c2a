// Deterministic: these hold promises only.

/** Runs steps one after the other, in the order of their arrival. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(step: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(step, step)
    // The caller handles the failure of its step; the next one runs anyway.
    this.#last = mine.catch(() => undefined)
    return mine
  }
}

/**
 * Works on the items in order, at most `limit` at a time. Takes no new item after a failure, or when `isPaused` returns true.
 * Throws the first failure after the items in progress have ended.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  isPaused: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const takeItems = async (): Promise<void> => {
    while (!failed && !isPaused()) {
      const item = items[next]
      if (item === undefined) return
      next += 1
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, takeItems))
  const failure = ended.find(end => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}
