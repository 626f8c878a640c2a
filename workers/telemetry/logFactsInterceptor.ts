import type { ActivityInterceptors } from '@temporalio/worker'
import { syncOfRun } from '../../packages/client/contract/names.ts'
import type { RunFacts } from './runFacts.ts'

/** Adds run, chunk, sync and connection to each log line of an activity. `run` and `chunkAttempt` are
 * ours: Temporal's own keys `runId` and `attempt` have another meaning. */
export function logFactsInterceptor(factsOf: RunFacts): () => ActivityInterceptors {
  return () => {
    let facts: Readonly<Record<string, unknown>> = {}
    return {
      inbound: {
        async execute(input, next) {
          const [given] = input.args
          facts = factsOfInput(given)
          try {
            return await next(input)
          } catch (error) {
            if (typeof facts['run'] === 'string') facts = { ...facts, ...withoutEmpty(await factsOf(facts['run'])) }
            throw error
          }
        },
      },
      outbound: {
        getLogAttributes(input, next) {
          // The token is long and only serves to answer the server.
          const { taskToken: _, ...attributes } = next(input)
          return { ...attributes, ...facts }
        },
      },
    }
  }
}

/** Keys of the activities' inputs that are logged. */
const LOGGED = ['chunk', 'sync', 'connection', 'jobId'] as const

function factsOfInput(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null) return {}
  const given = input as Readonly<Record<string, unknown>>
  const logged = LOGGED.filter(key => ['string', 'number'].includes(typeof given[key])).map(key => [key, given[key]])
  const { runId, attempt } = given
  if (typeof runId !== 'string') return Object.fromEntries(logged)
  const sync = syncOfRun(runId)
  return {
    run: runId,
    ...(sync !== undefined && { sync }),
    ...(typeof attempt === 'number' && { chunkAttempt: attempt }),
    ...Object.fromEntries(logged),
  }
}

const withoutEmpty = (facts: object): object =>
  Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== ''))
