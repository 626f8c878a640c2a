// Concurrency inside a workflow. Deterministic: promises only, no timers.

/** Runs one task at a time, in the order of the calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task)
    // The caller handles a failed task; the next task starts in any case.
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** Runs the tasks of one lane one at a time, in the order of the calls. No task starts after one of any lane has failed. */
export class Lanes {
  readonly #lanes = new Map<number, Mutex>()
  #failed: { readonly reason: unknown } | undefined

  /** @param lane undefined for a task that waits for no other. Rejects with the first failure when it does not start. */
  run<T>(lane: number | undefined, task: () => Promise<T>): Promise<T> {
    if (lane === undefined) return this.#start(task)
    const mutex = this.#lanes.get(lane) ?? new Mutex()
    this.#lanes.set(lane, mutex)
    return mutex.run(() => this.#start(task))
  }

  async #start<T>(task: () => Promise<T>): Promise<T> {
    if (this.#failed !== undefined) throw this.#failed.reason
    try {
      return await task()
    } catch (reason) {
      this.#failed ??= { reason }
      throw reason
    }
  }
}

/**
 * Runs a task per item, at most `concurrency` at a time, and starts no more items once `mayStart` answers false or a task has failed.
 * Throws the first failure after all running tasks have ended.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  concurrency: number,
  task: (item: T) => Promise<void>,
  mayStart: () => Promise<boolean>,
): Promise<void> {
  const waiting = items.values()
  let failed = false
  const runNext = async (): Promise<void> => {
    while ((await mayStart()) && !failed) {
      const { value: item, done } = waiting.next()
      if (done) return
      try {
        await task(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(concurrency, items.length) }, runNext))
  const failure = ended.find(end => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}
