// A schedule of the configuration in the form of Temporal's client.
import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction, Workflow } from '@temporalio/client'
import type { Flow } from '../../config/flows.ts'
import type { Schedule } from '../../loader/schedule/scheduleSchema.ts'
import { searchValuesOf, titleOf } from '../../loader/spec/runTitle.ts'
import { type ScheduledKind, scheduledWorkflowId, TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { RunFlowInput } from '../../packages/client/contract/runFlow.ts'
import {
  type SearchAttribute,
  type SearchValues,
  searchPairs,
} from '../../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { runSummary, startDetails } from '../../workflows/page/summaries.ts'
import { flowStartDetails, flowSummary } from '../flows/flowText.ts'

export type WantedSchedule = {
  /** Name of the sync, or of the flow. */
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

/** What a schedule starts. The input includes the zone, so that a later change of a worker's configuration does not move a run to another day. */
type Started = {
  readonly kind: ScheduledKind
  readonly workflowType: 'syncRecords' | 'runFlow'
  readonly input: SyncRecordsInput | RunFlowInput
  readonly values: SearchValues
  readonly summary: string
  readonly details: string
}

export function syncStarted(sync: string, spec: SyncSpec, { timeZone }: Schedule): Started {
  return {
    kind: 'sync',
    workflowType: 'syncRecords',
    input: { sync, timeZone },
    values: searchValuesOf(spec, sync),
    summary: runSummary(titleOf(spec, sync)),
    details: startDetails(spec, `Started by the schedule of the sync \`${sync}\`.`),
  }
}

export function flowStarted(flow: string, { syncs }: Flow, { timeZone }: Schedule): Started {
  return {
    kind: 'flow',
    workflowType: 'runFlow',
    input: { flow, timeZone },
    values: { SflinkSync: flow },
    summary: flowSummary(flow, syncs),
    details: flowStartDetails(syncs, `Started by the schedule of the flow \`${flow}\`.`),
  }
}

export function wantedSchedule(
  sync: string,
  schedule: Schedule,
  { kind, workflowType, input, values, summary, details }: Started,
  { registered, isEncrypted }: NamespaceFacts,
): WantedSchedule {
  const { crons, timeZone, jitter, overlap, catchupWindow, pauseOnFailure } = schedule
  return {
    sync,
    schedule,
    note: isEncrypted ? `loads the ${kind} ${sync}` : summary,
    options: {
      // Temporal stores the times of a cron expression, and its text only as a comment.
      spec: { cronExpressions: crons.map(cron => `${cron} # ${cron}`), timezone: timeZone, jitter },
      policies: { overlap: temporalPolicy(overlap), catchupWindow, pauseOnFailure },
      action: {
        type: 'startWorkflow',
        workflowType,
        taskQueue: TASK_QUEUE,
        workflowId: scheduledWorkflowId(sync, kind),
        args: [input],
        typedSearchAttributes: [...searchPairs(registered, values)],
        staticSummary: summary,
        staticDetails: details,
      },
    },
  }
}

/** Temporal writes the same names in capitals. */
export function temporalPolicy(overlap: Schedule['overlap']): Uppercase<Schedule['overlap']> {
  return overlap.toUpperCase() as Uppercase<Schedule['overlap']>
}
