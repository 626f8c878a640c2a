import { WorkflowNotFoundError } from '@temporalio/client'
import { loadConfiguration } from '../../config/environment.ts'
import { removeRun } from '../../loader/runs/pruneRuns.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { runNameOf } from '../../packages/client/contract/names.ts'
import { CommandError } from '../commandError.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'

/** Removes the files of one run from the run store, also before its retention. This process does it: no caller of the workflows can. */
export async function runsRemove(either: string, { config }: { readonly config?: string }): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const { runId } = runNameOf(either)
  const outcome = await withTemporal(temporal => removeRun(stores, runId, id => isRunning(temporal, id)), config)
  switch (outcome) {
    case 'removed':
      console.log(
        `The files of run ${runId} were removed from ${stores.location}. Temporal keeps its input and its report until the retention of the namespace has passed`,
      )
      return
    case 'missing':
      throw new CommandError(`There is no run ${runId} in ${stores.location}. List the runs: sflink runs list`)
    case 'foreign':
      throw new CommandError(`No run has written ${stores.location}/${runId}: nothing was removed. Remove it by hand`)
    case 'reserved':
      throw new CommandError(
        `${runId} is no run: the run store keeps in it what was sent before. Nothing was removed, and it must stay: without it records are sent twice`,
      )
    case 'running':
      throw new CommandError(
        `A workflow is running ${runId}: nothing was removed. Wait for its end, or cancel it: sflink sync cancel ${runId}`,
      )
  }
}

async function isRunning({ client }: TemporalAccess, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).closeTime === undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
