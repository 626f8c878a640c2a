// The worker's metrics, by Prometheus' conventions. Labels are few and come from the configuration: never a run, a record or an Id.

import { activityInfo } from '@temporalio/activity'
import type { MetricMeter } from '@temporalio/common'
import { type Logger, Runtime } from '@temporalio/worker'
import type { Activities } from '../../activities/createActivities.ts'
import { EnvironmentError } from '../../config/problems.ts'
import type { SeenEnd, SeenRequest, TrafficObserver } from '../../loader/salesforce/traffic.ts'
import type { Tally } from '../../packages/client/contract/runReport.ts'
import type { ListenAddress } from '../workerOptions.ts'
import type { RunFacts } from './runFacts.ts'

/** Labels of every load metric. `sync` is empty for a run without a configured sync. */
type LoadLabels = { readonly sync: string; readonly object: string }

export type LoadMetrics = ReturnType<typeof createLoadMetrics>

/** Seconds. A small job takes a second, a large job hours. */
const WAIT_BUCKETS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800]
const STEP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]

const JOB_WAIT = 'sflink_job_wait'
const STEP = 'sflink_step'

const HISTOGRAM_BUCKETS = { [JOB_WAIT]: WAIT_BUCKETS, [STEP]: STEP_BUCKETS }

/** Makes the instruments. Counters get `_total` and histograms their unit from the exporter. */
function createLoadMetrics(meter: MetricMeter) {
  const records = meter.createCounter('sflink_records_settled', undefined, 'Records by outcome')
  const resent = meter.createCounter(
    'sflink_records_resent',
    undefined,
    'Records sent again after a transient rejection',
  )
  const runs = meter.createCounter('sflink_runs_ended', undefined, 'Runs by outcome')
  const completed = meter.createGauge(
    'sflink_last_completed_timestamp_seconds',
    'int',
    undefined,
    'When a run of the sync last completed, in seconds since 1970',
  )
  const wait = meter.createHistogram(JOB_WAIT, 'float', 'seconds', 'From the commit of an ingest job to its end')
  const step = meter.createHistogram(STEP, 'float', 'seconds', 'How long a step of a load took')
  return {
    records: (labels: LoadLabels & { operation: string; outcome: string }, count: number) =>
      count > 0 && records.add(count, labels),
    resent: (labels: LoadLabels, count: number) => count > 0 && resent.add(count, labels),
    runEnded: (labels: LoadLabels & { outcome: string }) => runs.add(1, labels),
    /** @param seconds since the epoch */
    completed: (labels: LoadLabels, seconds: number) => completed.set(seconds, labels),
    jobWait: (labels: LoadLabels, seconds: number) => wait.record(seconds, labels),
    step: (labels: LoadLabels & { step: string }, seconds: number) => step.record(seconds, labels),
    traffic: trafficMetrics(meter),
  }
}

function trafficMetrics(meter: MetricMeter): TrafficObserver {
  const requests = meter.createCounter('sflink_salesforce_requests', undefined, 'Requests to Salesforce by status')
  const lost = meter.createCounter(
    'sflink_salesforce_lost_answers',
    undefined,
    'Requests whose answer was lost or cut, so that the outcome had to be determined',
  )
  const limit = meter.createGauge(
    'sflink_salesforce_api_calls_limit',
    'int',
    undefined,
    'API calls allowed in 24 hours',
  )
  const left = meter.createGauge('sflink_salesforce_api_calls_left', 'int', undefined, 'API calls left of 24 hours')
  const onCut = ({ connection, method }: SeenRequest) => lost.add(1, { connection, method })
  const onEnd = (request: SeenRequest, end: SeenEnd) => {
    const { connection, method } = request
    requests.add(1, { connection, method, status: 'failure' in end ? end.failure : String(end.statusCode) })
    if ('failure' in end) {
      if (end.failure === 'lost') onCut(request)
      return
    }
    if (end.apiUsage === undefined) return
    limit.set(end.apiUsage.limit, { connection })
    left.set(Math.max(0, end.apiUsage.limit - end.apiUsage.used), { connection })
  }
  return { onRequest: request => end => onEnd(request, end), onCut }
}

/**
 * Sets up Temporal's runtime, once per process, and serves its metrics and ours at `/metrics` when an address is given.
 * Throws EnvironmentError when the address can't be listened on.
 */
export function installRuntime(logger: Logger, address: ListenAddress | undefined): LoadMetrics | undefined {
  // stopSignals.ts handles signals.
  const options = { logger, shutdownSignals: [] }
  // Otherwise Temporal's core prints coloured lines of its own beside the log.
  const logging = { filter: { core: 'WARN', other: 'WARN' }, forward: {} } as const
  if (address === undefined) {
    Runtime.install({ ...options, telemetryOptions: { logging } })
    return undefined
  }
  const { host, port } = address
  const prometheus = {
    bindAddress: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: HISTOGRAM_BUCKETS,
  }
  try {
    const runtime = Runtime.install({ ...options, telemetryOptions: { logging, metrics: { prometheus } } })
    return createLoadMetrics(runtime.metricMeter)
  } catch (error) {
    // The reason follows the name of the native function.
    const reason = (error instanceof Error ? error.message : String(error)).split(': ').at(-1)
    throw new EnvironmentError(
      `The metrics cannot be served on ${prometheus.bindAddress}: ${reason}. Give another address by --metrics, an IP address and a free port`,
    )
  }
}

/** The operation of records that were not sent; a record that is rejected for its operation has none. */
const NOT_SENT = 'none'

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
    scanSource: timed('scanSource', activities.scanSource),
    findParents: timed('findParents', activities.findParents),
    stageSource: timed('stageSource', activities.stageSource, (labels, _, { rejected }) => {
      metrics.records({ ...labels, operation: NOT_SENT, outcome: 'failed' }, rejected)
    }),
    matchRecords: timed('matchRecords', activities.matchRecords, (labels, { plans }, { rejected, compared }) => {
      if (plans) return
      metrics.records({ ...labels, operation: NOT_SENT, outcome: 'failed' }, rejected)
      metrics.records({ ...labels, operation: NOT_SENT, outcome: 'unchanged' }, compared?.unsent ?? 0)
    }),
    fillParents: timed('fillParents', activities.fillParents, (labels, _, { rejected }) => {
      metrics.records({ ...labels, operation: NOT_SENT, outcome: 'failed' }, rejected)
    }),
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
