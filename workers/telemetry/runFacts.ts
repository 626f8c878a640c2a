// What metrics and the log report of a run beside its id.

import { readRunDocuments, type StartedExecution } from '../../loader/runs/runDocuments.ts'
import type { Dependencies } from '../../loader/step.ts'
import type { RunStore } from '../../loader/storage/runStore.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'

/** `sync` is empty for a run without a configured sync; the others are empty while unknown. */
type FactsOfRun = { readonly sync: string; readonly object: string; readonly connection: string }

export type RunFacts = (runId: string) => Promise<FactsOfRun>

/** Runs cached. A worker processes few at a time. */
const CACHED_RUNS = 200

/** Reads the facts from the run store, once per run. Never rejects. */
export function rememberedFacts({ runStore, syncNames }: Pick<Dependencies, 'runStore' | 'syncNames'>): RunFacts {
  const known = new Map<string, FactsOfRun>()
  return async runId => {
    const found = known.get(runId)
    if (found !== undefined) return found
    const started = await startOf(runStore, runId)
    const named = started?.sync ?? syncOfRun(runId) ?? ''
    // A caller may give any name; only a configured sync becomes a label.
    const sync = syncNames.includes(named) ? named : ''
    const facts = { sync, object: started?.object ?? '', connection: started?.connection ?? '' }
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
