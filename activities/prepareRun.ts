import { activityInfo } from '@temporalio/activity'
import { prepareRun as runPrepareRun } from '../loader/runs/prepareRun.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { type PreparedRun, preparedSettings } from './runSettings.ts'

export type PrepareRunInput = SyncRecordsInput & { readonly runId: string; readonly execution: string }

/**
 * Resolves what the run loads, stores it in the run store and returns what the workflow needs to know of it.
 * Retry: safe because the spec is written once, and replaced only while nothing can have been sent; the same run with the same
 * spec finds its own.
 */
export function prepareRun(dependencies: ActivityDependencies) {
  return async (input: PrepareRunInput): Promise<PreparedRun> => {
    const { workflowId = '' } = activityInfo().workflowExecution ?? {}
    const { spec, location } = await runPrepareRun(dependencies, { ...input, workflowId })
    const { sync, inlineResults } = input
    return preparedSettings(dependencies, { spec, location, sync: sync ?? undefined, inlineResults })
  }
}
