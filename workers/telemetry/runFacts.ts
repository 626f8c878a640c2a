// What a worker tells of a run beside its id, in metrics and in the log.
import type { Dependencies } from '../../loader/dependencies.ts'
import type { StartedExecution } from '../../loader/runs/execution.ts'
import { readRunDocuments } from '../../loader/runs/runDocuments.ts'
import type { RunStore } from '../../loader/storage/runStore.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'

/** `sync` is empty for a run of no sync of the configuration, the others while nothing is known. */
type FactsOfRun = { readonly sync: string; readonly object: string; readonly connection: string }

export type RunFacts = (runId: string) => Promise<FactsOfRun>

/** Runs kept in mind; a worker is at work on few at a time. */
const RUNS_IN_MIND = 200

/** From the run store, once for each run. Never rejects. */
export function rememberedFacts({ runStore, syncNames }: Pick<Dependencies, 'runStore' | 'syncNames'>): RunFacts {
  const known = new Map<string, FactsOfRun>()
  return async runId => {
    const found = known.get(runId)
    if (found !== undefined) return found
    const started = await startOf(runStore, runId)
    const named = started?.sync ?? syncOfRun(runId) ?? ''
    // A caller may name any sync; only those of the configuration make a label.
    const sync = syncNames.includes(named) ? named : ''
    const facts = { sync, object: started?.object ?? '', connection: started?.connection ?? '' }
    if (started === undefined) return facts
    known.set(runId, facts)
    const [oldest] = known.keys()
    if (known.size > RUNS_IN_MIND && oldest !== undefined) known.delete(oldest)
    return facts
  }
}

/** undefined for a run that was rejected before it was written down, also for its id. */
async function startOf(runStore: (runId: string) => RunStore, runId: string): Promise<StartedExecution | undefined> {
  try {
    const { executions } = await readRunDocuments(runStore(runId))
    return executions.map(({ started }) => started as StartedExecution | undefined).find(start => start !== undefined)
  } catch {
    return undefined
  }
}
