// A worker without the right encryption key cannot read the input of a step. Such attempts do not count: the run waits for the key.
import { ActivityFailure, ApplicationFailure, sleep, type WorkflowInterceptors } from '@temporalio/workflow'

import { KEY_POLL } from './policies.ts'

/** The Temporal SDK calls this function by its name, for every workflow. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        for (let pause: number = KEY_POLL.first; ; pause = Math.min(2 * pause, KEY_POLL.longest)) {
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
