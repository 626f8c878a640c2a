import type { ScheduleDescription } from '@temporalio/client'
import { runIdOfWorkflow } from '../../packages/client/contract/names.ts'
import type { TemporalAccess } from '../temporal.ts'

export type RecentRun = {
  readonly runId: string
  /** When it was really started, ISO. */
  readonly startedAt: string
  /** The run's outcome, or what Temporal says of the workflow. */
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
      // Past its retention Temporal has forgotten it.
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
