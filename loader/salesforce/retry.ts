import { setTimeout as pause } from 'node:timers/promises'

/** How often, and how long apart (milliseconds), a request is repeated that may be. Salesforce sends no Retry-After. */
const RETRIES = 3
const FIRST_PAUSE = 250
const PAUSE_FACTOR = 3

/** Half to whole of the pause, so that many callers do not come back together. */
const pauseBefore = (retry: number): number => FIRST_PAUSE * PAUSE_FACTOR ** retry * (0.5 + Math.random() / 2)

/** Repeats `attempt` while `mayRepeat` says so of its error; throws the last error. */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  mayRepeat: (error: unknown) => boolean,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (retry === RETRIES || !mayRepeat(error)) throw error
      await pause(pauseBefore(retry))
    }
  }
}
