import { ApplicationFailure, activityInfo } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import type { Activities } from '../activities/createActivities.ts'
import { asApplicationFailure } from '../activities/failures.ts'

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

type Limit = {
  /** As JSON. */
  readonly bytes: number
  /** What to do about a larger result. */
  readonly remedy: string
}

/** Temporal's limit is 2 MiB for each payload: https://docs.temporal.io/self-hosted-guide/defaults. Encryption and names add a little. */
const GENERAL: Limit = { bytes: 1_900_000, remedy: 'Report this as a bug in Salesforce Link' }

const LIMITS: Readonly<Record<string, Limit>> = {
  // The chunks go into the next history together with the input, which may hold 1 MB of records.
  stageSource: {
    bytes: 900_000,
    remedy: 'Make chunks larger, so that there are fewer: chunk.bulkRecords, chunk.bulkBytes, chunk.collectionsRecords',
  },
  aggregateResults: {
    bytes: GENERAL.bytes,
    remedy:
      'The records are loaded, and their results are in results.csv of the run. Set inlineResults to false, or fewer identityFields',
  },
  aggregatePlan: {
    bytes: GENERAL.bytes,
    remedy: 'Nothing was sent, and the plan is in plan.csv of the run. Set inlineResults to false',
  },
} satisfies Partial<Record<keyof Activities, Limit>>

/** Returns one line if the result of a step is too large for Temporal, else undefined. */
export function resultProblem(step: string, answer: unknown): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(answer) ?? '')
  const { bytes: limit, remedy } = LIMITS[step] ?? GENERAL
  if (bytes <= limit) return undefined
  return `The answer of ${step} has ${bytes} bytes, more than the ${limit} that Temporal's history accepts. ${remedy}`
}
