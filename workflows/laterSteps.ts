// A worker without the right encryption key can't read the input of a step, and one whose slots are taken by the same org or place
// does not begin it. Such attempts do not count: the run waits, and the step is scheduled again.
import { ActivityFailure, ApplicationFailure, sleep, type WorkflowInterceptors } from '@temporalio/workflow'
import { KEY_BACKOFF, nextPause, SLOT_BACKOFF } from './policies.ts'

const BACKOFFS = new Map([
  ['EncryptionKeyError', KEY_BACKOFF],
  ['SlotsTakenError', SLOT_BACKOFF],
])

/** Temporal's SDK calls this function for every workflow, by its name. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        for (let pause = 0; ; ) {
          try {
            return await next(input)
          } catch (error) {
            const backoff = backoffAfter(error)
            if (backoff === undefined) throw error
            pause = pause === 0 ? backoff.first : nextPause(pause, backoff)
            await sleep(pause)
          }
        }
      },
    },
  ],
})

/** undefined for a failure of the step itself. */
function backoffAfter(error: unknown) {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined
  return BACKOFFS.get(error.cause.type ?? '')
}
