import { setTimeout as pause } from 'node:timers/promises'

/** Retries of a repeatable request, the milliseconds before the first, and their growth. Salesforce sends no Retry-After. */
const RETRIES = 3
const FIRST_PAUSE = 250
const PAUSE_FACTOR = 3

/** Half of the pause to all of it, so that many callers do not retry at the same moment. */
const pauseBefore = (retry: number): number => FIRST_PAUSE * PAUSE_FACTOR ** retry * (0.5 + Math.random() / 2)

/** Repeats `attempt` while `mayRepeat` allows it for the error; throws the last error. */
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
