// A worker without the right encryption key can't read the input of a step. Such attempts do not count: the run waits for the key.
import { ActivityFailure, ApplicationFailure, sleep, type WorkflowInterceptors } from '@temporalio/workflow'
import { KEY_BACKOFF, nextPause } from './policies.ts'

/** Temporal's SDK calls this function for every workflow, by its name. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        for (let pause = KEY_BACKOFF.first; ; pause = nextPause(pause, KEY_BACKOFF)) {
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
