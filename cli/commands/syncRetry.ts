import { randomUUID } from 'node:crypto'
import { loadConfiguration } from '../../config/environment.ts'
import { retryLoad } from '../../loader/runs/retriedRun.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { runLabel, runNameOf, syncOfRun, workflowIdOf } from '../../packages/client/contract/names.ts'
import { storedRunId } from '../allRuns.ts'
import { followRun } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { startRun } from '../startRun.ts'
import { withTemporal } from '../temporal.ts'
import { tellDetached } from './syncRun.ts'

/** The sync in the name of a retry of a run that has none. */
const UNNAMED = 'retry'

/** Loads the failed records of an ended run again, as a run of its own. */
export async function syncRetry(
  either: string,
  { json = false, config, detach = false }: SharedOptions & { readonly detach?: boolean },
): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const retryOf = await storedRunId(stores, either)
  const { spec, sync } = await retryLoad(stores, retryOf)
  await withTemporal(async temporal => {
    const label = runLabel(new Date(), randomUUID().slice(0, 4))
    const run = runNameOf(workflowIdOf(syncOfRun(retryOf) ?? UNNAMED, label))
    const input = { retryOf, runId: run.runId }
    await startRun(temporal, { run, sync, spec, input, command: `sflink sync retry ${retryOf}` })
    if (detach) return tellDetached(temporal, run.runId, json)
    if (!json) process.stderr.write(`Run ${run.runId} loads the failed records of run ${retryOf}\n`)
    await followRun(temporal, run, json)
  }, config)
}
