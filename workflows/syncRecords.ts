import {
  ActivityCancellationType,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { StagedSource } from '../loader/protocol/staged.ts'
import { asSummary } from '../loader/spec/runTitle.ts'
import type {
  RunSettings,
  SyncProgress,
  SyncRecordsInput,
  SyncRecordsResume,
} from '../packages/client/contract/messages.ts'
import { runIdOfWorkflow } from '../packages/client/contract/runNames.ts'
import type { RunReport, SkippedRun } from '../packages/client/contract/runReport.ts'
import { asCancellation } from './cancellation.ts'
import { HEARTBEAT_TIMEOUT } from './heartbeatTimeout.ts'
import { keepEnd } from './keepEnd.ts'
import { logEnd } from './logEnd.ts'
import { notifyCompleted, notifyFailed } from './notifyEnd.ts'
import { tagBegin, tagEnd, tellFailure } from './page/runTags.ts'
import { readableFailure } from './readableFailure.ts'
import { requireInput } from './requireInput.ts'
import { progressOf } from './runProgress.ts'
import { advance, newRunState, type RunState } from './runState.ts'
import { type ChunksSent, sendChunks } from './sendChunks.ts'
import { scheduledTime, untilSource } from './sourceArrival.ts'

const CHECKS = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  // Nothing has been sent yet: better a clear failure soon than a load that hangs on a wrong host.
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 5 },
} as const
const checks = (summary: string) => proxyActivities<Activities>({ ...CHECKS, summary: asSummary(summary) })

const FILES = {
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute', maximumAttempts: 20 },
} as const
const files = (summary: string) => proxyActivities<Activities>({ ...FILES, summary: asSummary(summary) })
const writeResults = files('put the results of all chunks together: results.csv, rejected.csv, report.json')

const progressQuery = defineQuery<SyncProgress>('progress')

/**
 * Loads a source into Salesforce and says for every record what became of it.
 * Fails with an ApplicationFailure whose type names the consequence; whatever was sent until then is accounted for in the
 * run store, and the same run id goes on from there.
 */
export async function syncRecords(input: SyncRecordsInput): Promise<RunReport> {
  requireInput(input, { sync: 'nightly' }, [])
  const { workflowId, originalExecutionRunId } = workflowInfo()
  const runId = givenRunId(input) ?? runIdOfWorkflow(workflowId) ?? originalExecutionRunId
  const state = newRunState(runId)
  setHandler(progressQuery, () => progressOf(state))
  try {
    const prepared = input.resume ?? (await prepare(input, state))
    if ('skipped' in prepared) {
      const report = await reportSkipped(prepared.skipped, state)
      logEnd(state, input)
      return report
    }
    const { settings, staged } = prepared
    advance(state, { settings, staged, stage: 'sending' })
    const sent = await send(runId, settings, staged, state, input.resume)
    if (sent.chunksLeft > 0) {
      const resume = { settings, staged, done: sent.done, tally: sent.tally, rejections: sent.rejections }
      return await continueAsNew<typeof syncRecords>({ ...input, runId, resume })
    }
    advance(state, { stage: 'aggregating' })
    // Every record is settled: a cancellation that comes now comes too late.
    const report = await CancellationScope.nonCancellable(() =>
      writeResults.aggregateResults({ runId, inlineResults: settings.inlineResults, ended: 'completed' }),
    )
    advance(state, { stage: 'done', report })
    tagEnd(state, settings.searchAttributes, report.outcome)
    logEnd(state, input)
    await notifyCompleted(state, input, settings, report)
    return report
  } catch (error) {
    // That is no end: the run goes on.
    if (error instanceof ContinueAsNew) throw error
    const failure = readableFailure(error)
    await tellFailure(state, input, failure)
    await keepEnd(runId, failure)
    logEnd(state, input, failure)
    await notifyFailed(state, input, failure)
    throw failure
  }
}

/** undefined also for what is no text: prepareRun rejects it, in words. */
function givenRunId({ runId }: { readonly runId?: unknown }): string | undefined {
  return typeof runId === 'string' ? runId : undefined
}

/** Everything up to the first write in Salesforce: whatever is wrong with the load shows here and costs nothing. */
async function prepare(input: SyncRecordsInput, state: RunState) {
  const { runId } = state
  const time = scheduledTime(input)
  const prepared = await checks('check the input and the sync').prepareRun({
    ...input,
    ...(time === undefined ? {} : { scheduledTime: time }),
    runId: input.runId ?? runId,
    execution: workflowInfo().firstExecutionRunId,
  })
  advance(state, { settings: prepared })
  const missing = await untilSource(prepared, state, time)
  if (missing !== undefined) return { skipped: missing }
  const { organizationId: org } = await checks(
    `log in to the connection ${prepared.connection} and prove it by a query`,
  ).validateConnection({ connection: prepared.connection })
  const settings = { ...prepared, org }
  tagBegin(state.runId, settings)
  advance(state, { settings, stage: 'planning' })
  const planned = await checks(`hold the mapping against the fields of ${prepared.object}`).planSync({
    runId,
  })
  advance(state, { stage: 'staging' })
  const staged = await files(`read and check ${prepared.title.source}, cut it into chunks`).stageSource({
    runId,
    sync: input.sync,
  })
  if (staged.skipped !== undefined) return { skipped: staged.skipped }
  return { settings: { ...settings, ...planned }, staged }
}

/** There is nothing to load, and the sync says that this is well. */
async function reportSkipped(skipped: SkippedRun, state: RunState): Promise<RunReport> {
  const startedAt = workflowInfo().startTime.getTime()
  const report = await writeResults.reportSkipped({ runId: state.runId, skipped, startedAt })
  advance(state, { stage: 'done', report })
  tagEnd(state, state.settings?.searchAttributes ?? [], report.outcome)
  return report
}

async function send(
  runId: string,
  settings: RunSettings,
  staged: StagedSource,
  state: RunState,
  resume: SyncRecordsResume | undefined,
): Promise<ChunksSent> {
  try {
    return await sendChunks({ runId, settings, staged, state, resume })
  } catch (error) {
    // Records that were sent keep their results, whatever ended the run.
    const ended = isCancellation(asCancellation(error)) ? 'cancelled' : 'failed'
    const report = await CancellationScope.nonCancellable(() =>
      writeResults.aggregateResults({ runId, inlineResults: false, ended }),
    )
    state.underWay.clear()
    advance(state, { report })
    throw error
  }
}
