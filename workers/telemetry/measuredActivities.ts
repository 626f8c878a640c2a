import { activityInfo } from '@temporalio/activity'
import type { Activities } from '../../activities/createActivities.ts'
import type { Tally } from '../../packages/client/contract/runReport.ts'
import type { LoadLabels, LoadMetrics } from './loadMetrics.ts'
import type { RunFacts } from './runFacts.ts'

/**
 * Counts and times each activity when it completes. A step counts twice if its result was lost on the way to Temporal and it was
 * retried; the report of the run is exact.
 */
export function measuredActivities(activities: Activities, metrics: LoadMetrics, factsOf: RunFacts): Activities {
  const labelsOf = async (runId: string): Promise<LoadLabels> => {
    const { sync, object } = await factsOf(runId)
    return { sync, object }
  }
  type Chunk = { readonly runId: string }
  /** Times a step, and counts by its result. */
  const timed =
    <Input extends Chunk, Result>(
      step: string,
      run: (input: Input) => Promise<Result>,
      count: (labels: LoadLabels, input: Input, result: Result) => void = () => {},
    ) =>
    async (input: Input): Promise<Result> => {
      const start = performance.now()
      const result = await run(input)
      const labels = await labelsOf(input.runId)
      metrics.step({ ...labels, step }, (performance.now() - start) / 1000)
      count(labels, input, result)
      return result
    }
  const settled = (labels: LoadLabels, operation: string, tally: Tally) => {
    const { inDoubt, ...others } = tally
    for (const [outcome, count] of Object.entries({ ...others, in_doubt: inDoubt })) {
      metrics.records({ ...labels, operation, outcome }, count)
    }
  }
  return {
    ...activities,
    stageSource: timed('stageSource', activities.stageSource, (labels, _, { rejected }) => {
      // The operation of a record that is rejected for its operation is unknown.
      metrics.records({ ...labels, operation: 'none', outcome: 'failed' }, rejected)
    }),
    findIds: timed('findIds', activities.findIds, (labels, _, { tally }) => settled(labels, 'update', tally)),
    uploadChunk: timed('uploadChunk', activities.uploadChunk),
    commitChunk: timed('commitChunk', activities.commitChunk),
    settleChunk: timed('settleChunk', activities.settleChunk, (labels, { operation }, { tally, resend }) => {
      settled(labels, operation, tally)
      metrics.resent(labels, resend)
    }),
    sendChunk: timed('sendChunk', activities.sendChunk, (labels, { operation }, { tally, resend }) => {
      settled(labels, operation, tally)
      metrics.resent(labels, resend)
    }),
    awaitJob: async input => {
      const ended = await activities.awaitJob(input)
      // Scheduled right after the commit, and retried until the job has ended.
      const { scheduledTimestampMs } = activityInfo()
      metrics.jobWait(await labelsOf(input.runId), (Date.now() - scheduledTimestampMs) / 1000)
      return ended
    },
    aggregateResults: timed('aggregateResults', activities.aggregateResults, (labels, { ended }, { outcome }) => {
      // recordEnd counts runs that ended early, with or without results.
      if (ended !== 'completed') return
      metrics.runEnded({ ...labels, outcome })
      metrics.completed(labels, Math.round(Date.now() / 1000))
    }),
    reportSkipped: async input => {
      const report = await activities.reportSkipped(input)
      metrics.runEnded({ ...(await labelsOf(input.runId)), outcome: report.outcome })
      return report
    },
    recordEnd: async input => {
      await activities.recordEnd(input)
      metrics.runEnded({ ...(await labelsOf(input.runId)), outcome: input.outcome })
    },
  }
}
