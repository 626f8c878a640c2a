import { activityInfo } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import { asApplicationFailure } from '../activities/failures.ts'

/** Turns whatever an activity throws into an ApplicationFailure with a type, in this one place. */
export function failureInterceptor(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input)
        } catch (error) {
          throw asApplicationFailure(error, activityInfo().attempt)
        }
      },
    },
  }
}
