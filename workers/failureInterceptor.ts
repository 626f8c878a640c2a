import { ApplicationFailure, activityInfo } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import { asApplicationFailure } from '../activities/failures.ts'
import { resultProblem } from './resultLimit.ts'

/** Turns every error of an activity into an ApplicationFailure with a type, and rejects an answer that is too large for Temporal. */
export function failureInterceptor(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          const answer = await next(input)
          const problem = resultProblem(activityInfo().activityType, answer)
          if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'AnswerTooLargeError')
          return answer
        } catch (error) {
          throw asApplicationFailure(error, activityInfo().attempt)
        }
      },
    },
  }
}
