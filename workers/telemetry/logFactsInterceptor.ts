import type { ActivityInterceptors } from '@temporalio/worker'
import { syncOfRun } from '../../packages/client/contract/names.ts'
import type { RunFacts } from './runFacts.ts'

/**
 * Puts on each line of an activity which run, chunk, sync and connection it is about. Temporal's own `runId` is another thing, so ours
 * is called `run`.
 */
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
          // A token is for answering the server, and long.
          const { taskToken: _, ...attributes } = next(input)
          return { ...attributes, ...facts }
        },
      },
    }
  }
}

/** Keys of the activities' inputs that are worth a place on a line. */
const TOLD = ['chunk', 'round', 'sync', 'connection', 'jobId'] as const

function factsOfInput(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null) return {}
  const given = input as Readonly<Record<string, unknown>>
  const told = TOLD.filter(key => ['string', 'number'].includes(typeof given[key])).map(key => [key, given[key]])
  const { runId } = given
  if (typeof runId !== 'string') return Object.fromEntries(told)
  const sync = syncOfRun(runId)
  return { run: runId, ...(sync !== undefined && { sync }), ...Object.fromEntries(told) }
}

const withoutEmpty = (facts: object): object =>
  Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== ''))
