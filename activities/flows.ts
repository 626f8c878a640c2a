// Activities of a run of a flow. Each of its syncs runs as a workflow of its own.
import { activityInfo } from '@temporalio/activity'
import { withoutValues } from '../loader/results/errorCounts.ts'
import type { RunOfFlow } from '../loader/runs/flowChecks.ts'
import { type PrepareFlowInput, prepareFlow } from '../loader/runs/prepareFlow.ts'
import type { SearchAttribute } from '../packages/client/contract/searchAttributes.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { runStep } from './runStep.ts'

export type PreparedFlow = {
  /** In the order in which they run. */
  readonly runs: readonly RunOfFlow[]
  /** Whether someone is notified of how runs of this flow end. */
  readonly notifies: boolean
  /** The search attributes that the namespace has. */
  readonly searchAttributes: readonly SearchAttribute[]
}

/** Temporal stores the answer. The files of a run that has completed have the values of its records. */
function withoutRecords({ report, ...run }: RunOfFlow): RunOfFlow {
  if (report === undefined) return run
  const errors = withoutValues(report.errors)
  if ('verdicts' in report) {
    const { changes: _, ...plan } = report
    return { ...run, report: { ...plan, errors } }
  }
  const { results: _, ...own } = report
  return { ...run, report: { ...own, errors } }
}

export function flowActivities(dependencies: ActivityDependencies) {
  return {
    /**
     * Finds the runs that a run of a flow is made of, and validates all of them before the first one begins.
     * Retry: safe because it only reads.
     */
    prepareFlow: async (input: Omit<PrepareFlowInput, 'workflowId' | 'at'>): Promise<PreparedFlow> => {
      const { workflowExecution, scheduledTimestampMs: at } = activityInfo()
      const workflowId = workflowExecution?.workflowId ?? ''
      const runs = await runStep(step => prepareFlow(dependencies, { ...input, workflowId, at }, step))
      return {
        runs: runs.map(withoutRecords),
        notifies: dependencies.notifier.covers(input.flow),
        searchAttributes: await dependencies.searchAttributes(),
      }
    },
  }
}
