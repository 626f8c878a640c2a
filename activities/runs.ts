// Activities of a run as a whole, from its preparation to its end.
import { activityInfo } from '@temporalio/activity'
import {
  type AdmitCallsInput,
  type AdmittedCalls,
  admitCalls,
  type RecalledRun,
  type RecallRunInput,
  recallRun,
} from '../loader/calls/admitCalls.ts'
import { type ReportSkippedPlanInput, reportSkippedPlan } from '../loader/protocol/aggregate/aggregatePlan.ts'
import { type ReportSkippedInput, reportSkipped } from '../loader/protocol/aggregate/aggregateResults.ts'
import { type AwaitedSource, type AwaitSourceInput, awaitSource } from '../loader/runs/awaitSource.ts'
import { type ContinueRunInput, continueRun } from '../loader/runs/continueRun.ts'
import { planSync, type RunPlan } from '../loader/runs/planSync.ts'
import { prepareRun } from '../loader/runs/prepareRun.ts'
import { pruneRuns } from '../loader/runs/pruneRuns.ts'
import { type RecordEndInput, recordEnd } from '../loader/runs/runDocuments.ts'
import type { PlannedDeletions } from '../notifications/deletionNotice.ts'
import type { RunEnd } from '../notifications/notification.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../packages/client/contract/maintenance.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { present } from '../packages/client/contract/scalars.ts'
import type { SearchAttribute } from '../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { isRunning } from './isRunning.ts'
import { type PreparedLoad, type PreparedRun, preparedSettings } from './runSettings.ts'
import { runStep } from './runStep.ts'

export type PrepareRunInput = SyncRecordsInput & {
  readonly runId: string
  readonly execution: string
  /** @default false */
  readonly plans?: boolean
}

export function runActivities(dependencies: ActivityDependencies) {
  return {
    /**
     * Resolves what the run loads, stores it in the run store and returns what the workflow needs to know of it.
     * Retry: safe because the spec is written once, and replaced only while nothing can have been sent; the same run with the same
     * spec finds its own.
     */
    prepareRun: async (input: PrepareRunInput): Promise<PreparedRun> => {
      const { workflowExecution, scheduledTimestampMs: at } = activityInfo()
      const workflowId = workflowExecution?.workflowId ?? ''
      const prepared = await runStep(() => prepareRun(dependencies, { ...input, workflowId, at }))
      return preparedSettings(dependencies, prepared, input.sync ?? prepared.sync)
    },

    /**
     * Reads what a run continues with in a new history of its workflow.
     * Retry: safe because it only reads.
     */
    continueRun: async (input: ContinueRunInput): Promise<PreparedLoad> => {
      const { staged, searched, organizationId, ...run } = await runStep(() => continueRun(dependencies, input))
      const settings = await preparedSettings(dependencies, run, run.sync)
      return { settings: { ...settings, searched, ...present({ org: organizationId }) }, staged }
    },

    /**
     * Lists the search attributes that a run may set. A workflow that sets an unregistered attribute makes no progress.
     * Retry: safe because it only reads.
     */
    listSearchAttributes: async (): Promise<readonly SearchAttribute[]> => dependencies.searchAttributes(),

    /**
     * Waits until the source has arrived and is complete. Between two polls it holds no worker slot and the history does not grow.
     * Retry: safe because it only reads the source; its polls are stored in the run store.
     */
    awaitSource: (input: AwaitSourceInput): Promise<AwaitedSource> => {
      const execution = activityInfo().workflowExecution?.runId ?? ''
      return runStep(step => awaitSource(dependencies, { ...input, execution }, step))
    },

    /**
     * Logs in, runs a test query, validates the spec against the org's objects as the integration user sees them, and stores the plan.
     * Retry: safe because it only reads from the org; a stored plan stays, since chunks may have been staged with it.
     */
    planSync: (input: { readonly runId: string }): Promise<RunPlan> =>
      runStep(step => planSync(dependencies, input, step)),

    /**
     * Writes the report of a run that loads nothing: no records, and the reason.
     * Retry: safe because it replaces what it wrote before.
     */
    reportSkipped: (input: ReportSkippedInput): Promise<RunReport> => runStep(() => reportSkipped(dependencies, input)),

    /**
     * Writes the report of a plan that has nothing to load, and the reason.
     * Retry: safe because it replaces what it wrote before.
     */
    reportSkippedPlan: (input: ReportSkippedPlanInput): Promise<PlanReport> =>
      runStep(() => reportSkippedPlan(dependencies, input)),

    /**
     * Stores how a run ended that has no report, for the time when Temporal has deleted it.
     * Retry: safe because it replaces what it wrote before. It writes nothing for a run whose id belongs to another load: that run never started.
     */
    recordEnd: (input: RecordEndInput): Promise<void> => recordEnd(dependencies, input),

    /**
     * Notifies those who watch a sync when the end of a run changes its state. Returns the channels used.
     * Retry: safe because the change is stored first, with the notification, and so is each channel that accepted it; a channel
     * whose receipt was lost gets the same notification again, with the same id.
     */
    notifyEnd: async (end: RunEnd): Promise<{ readonly notified: readonly string[] }> => ({
      notified: await dependencies.notifier.notify(end),
    }),

    /**
     * Notifies those who watch a sync that a run plans to delete more records than the configuration allows without a notification.
     * Retry: safe because the notification is stored first, and so is each channel that accepted it; a run sends it once.
     */
    notifyDeletions: async (planned: PlannedDeletions): Promise<{ readonly notified: readonly string[] }> => ({
      notified: await dependencies.notifier.notifyDeletions(planned),
    }),

    /**
     * Removes the runs whose retention has passed. A run that a workflow executes is never removed.
     * Retry: safe because a run is marked as removed before its first file is deleted, and a marked run never starts again; the next
     * attempt completes an interrupted removal.
     */
    pruneRuns: (input: PruneRunsInput): Promise<PruneRunsAnswer> =>
      runStep(step => pruneRuns(dependencies, input, { ...step, isRunning })),

    /**
     * Finds out which calls were made before, and stores which of the new ones make up the next run.
     * Retry: safe because claims and the run's list are written once; another attempt finds them and returns the same.
     */
    admitCalls: (input: AdmitCallsInput): Promise<AdmittedCalls> => runStep(() => admitCalls(dependencies, input)),

    /**
     * Returns the input of a run made of calls. A planned run keeps its spec, whatever the configuration says now. A run that was never
     * planned, because the org rejected its spec for example, starts again with the spec of the configuration.
     * Retry: safe because a run that was not planned has sent nothing.
     */
    recallRun: (input: RecallRunInput): Promise<RecalledRun> => runStep(() => recallRun(dependencies, input)),
  }
}
