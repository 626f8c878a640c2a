import type { ScheduleDescription } from '@temporalio/client'
import { runIdOfWorkflow } from '../../packages/client/contract/names.ts'
import type { TemporalAccess } from '../temporal.ts'

export type RecentRun = {
  readonly runId: string
  /** When it actually started, ISO 8601. */
  readonly startedAt: string
  /** The run's outcome, else the status of its workflow. */
  readonly state: string
}

/** The last runs that a schedule has started, the oldest first. */
export async function recentRuns(
  { client }: TemporalAccess,
  { info }: Pick<ScheduleDescription, 'info'>,
): Promise<readonly RecentRun[]> {
  return await Promise.all(
    info.recentActions.map(async ({ takenAt, action }) => {
      const { workflowId, firstExecutionRunId } = action.workflow
      // Temporal deletes it after its retention.
      const found = await client.workflow
        .getHandle(workflowId, firstExecutionRunId)
        .describe()
        .catch(() => undefined)
      const outcome = found?.memo?.['outcome']
      const state = typeof outcome === 'string' ? outcome : (found?.status.name.toLowerCase() ?? 'forgotten')
      return { runId: runIdOfWorkflow(workflowId) ?? workflowId, startedAt: takenAt.toISOString(), state }
    }),
  )
}
