// The facts of a run that metrics and the log report beside its id.
import type { ActivityInterceptors } from '@temporalio/worker'
import { readRunDocuments, type StartedExecution } from '../../loader/runs/runDocuments.ts'
import type { Dependencies } from '../../loader/step.ts'
import type { RunStore } from '../../loader/storage/runStore.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'

/** `sync` and `object` are empty for a run without a configured sync, and all are while unknown. */
type FactsOfRun = { readonly sync: string; readonly object: string; readonly connection: string }

export type RunFacts = (runId: string) => Promise<FactsOfRun>

/** Runs cached. A worker processes few at a time. */
const CACHED_RUNS = 200

/** Reads the facts from the run store, once per run. Never rejects. */
export function rememberedFacts(dependencies: Pick<Dependencies, 'runStore' | 'syncNames' | 'sync'>): RunFacts {
  const known = new Map<string, FactsOfRun>()
  return async runId => {
    const found = known.get(runId)
    if (found !== undefined) return found
    const started = await startOf(dependencies.runStore, runId)
    const named = (started === undefined ? syncOfRun(runId) : started.sync) ?? ''
    // A caller may give any name; only configured syncs and objects become labels.
    const { syncNames, sync: specOf } = dependencies
    const sync = syncNames.includes(named) ? named : ''
    const isKnown = syncNames.some(name => specOf(name)?.object === started?.object)
    const facts = { sync, object: isKnown ? (started?.object ?? '') : '', connection: started?.connection ?? '' }
    if (started === undefined) return facts
    known.set(runId, facts)
    const [oldest] = known.keys()
    if (known.size > CACHED_RUNS && oldest !== undefined) known.delete(oldest)
    return facts
  }
}

/** Returns undefined for a run that was rejected before its start was recorded. */
async function startOf(runStore: (runId: string) => RunStore, runId: string): Promise<StartedExecution | undefined> {
  try {
    const { executions } = await readRunDocuments(runStore(runId))
    return executions.map(({ started }) => started as StartedExecution | undefined).find(start => start !== undefined)
  } catch {
    return undefined
  }
}

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
