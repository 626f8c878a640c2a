// A schedule of the configuration in the form of Temporal's client.
import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction, Workflow } from '@temporalio/client'
import type { Schedule } from '../../loader/schedule/scheduleSchema.ts'
import { searchValuesOf, titleOf } from '../../loader/spec/runTitle.ts'
import { scheduledWorkflowId, TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { type SearchAttribute, searchPairs } from '../../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { runSummary, startDetails } from '../../workflows/page/summaries.ts'

export type WantedSchedule = {
  readonly sync: string
  readonly schedule: Schedule
  /** For the notes of a schedule that has none, which Temporal stores without encryption. */
  readonly note: string
  readonly options: Required<Pick<ScheduleOptions<Action>, 'spec' | 'policies'>> & { readonly action: Action }
}

type Action = ScheduleOptionsStartWorkflowAction<Workflow>

export type NamespaceFacts = {
  /** Search attributes that the namespace has: with any other, no run would start. */
  readonly registered: readonly SearchAttribute[]
  /** Whether payloads are encrypted. */
  readonly isEncrypted: boolean
}

export function wantedSchedule(
  sync: string,
  schedule: Schedule,
  spec: SyncSpec,
  { registered, isEncrypted }: NamespaceFacts,
): WantedSchedule {
  const { crons, timeZone, jitter, overlap, catchupWindow, pauseOnFailure } = schedule
  // Includes the zone, so that a later change of a worker's configuration does not move a run to another day.
  const input: SyncRecordsInput = { sync, timeZone }
  const summary = runSummary(titleOf(spec, sync))
  return {
    sync,
    schedule,
    note: isEncrypted ? `loads the sync ${sync}` : summary,
    options: {
      // Temporal stores the times of a cron expression, and its text only as a comment.
      spec: { cronExpressions: crons.map(cron => `${cron} # ${cron}`), timezone: timeZone, jitter },
      policies: { overlap: temporalPolicy(overlap), catchupWindow, pauseOnFailure },
      action: {
        type: 'startWorkflow',
        workflowType: 'syncRecords',
        taskQueue: TASK_QUEUE,
        workflowId: scheduledWorkflowId(sync),
        args: [input],
        typedSearchAttributes: [...searchPairs(registered, searchValuesOf(spec, sync))],
        staticSummary: summary,
        staticDetails: startDetails(spec, `Started by the schedule of the sync \`${sync}\`.`),
      },
    },
  }
}

/** Temporal writes the same names in capitals. */
export function temporalPolicy(overlap: Schedule['overlap']): Uppercase<Schedule['overlap']> {
  return overlap.toUpperCase() as Uppercase<Schedule['overlap']>
}
