// A worker without the right encryption key can't read what a step is given. Such tries do not count: the run waits for the key.
import { ActivityFailure, ApplicationFailure, sleep, type WorkflowInterceptors } from '@temporalio/workflow'

/** Milliseconds until a step is tried anew after its attempts are used up; doubled each time, up to the longest. */
const PAUSE = 10_000
const LONGEST_PAUSE = 600_000

/** Temporal's SDK calls it for every workflow, by this name. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        for (let pause = PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
          try {
            return await next(input)
          } catch (error) {
            if (!lacksKey(error)) throw error
            await sleep(pause)
          }
        }
      },
    },
  ],
})

function lacksKey(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false
  return error.cause instanceof ApplicationFailure && error.cause.type === 'EncryptionKeyError'
}
