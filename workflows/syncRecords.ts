import { CancellationScope, ContinueAsNew, continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow'
import type { PreparedLoad } from '../activities/runSettings.ts'
import { withoutUnmatched } from '../loader/protocol/staged.ts'
import { isObject } from '../packages/client/contract/issues.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { type SyncRecordsInput, syncRecordsInputSchema } from '../packages/client/contract/syncRecords.ts'
import { advance, beginStep } from './advance.ts'
import { earlyEnd, endRun } from './endRun.ts'
import { asCancellation, finalFailure, readableFailure, requireInput } from './failures.ts'
import { notifyDeletions } from './notifyDeletions.ts'
import { files, matchLoad, preparation, prepareLoad, runIdOf, type Skipped } from './prepareLoad.ts'
import { takeControl } from './runControl.ts'
import { RunLeases, type RunningLoad } from './runLeases.ts'
import {
  answerProgress,
  flowOfParent,
  newRunState,
  type RunState,
  resumeSchema,
  type SyncRecordsRun,
} from './runState.ts'
import { type ChunksSent, sendChunks } from './sendChunks.ts'

const results = files('combine the results of all chunks: results.csv, rejected.csv, report.json')

/**
 * Loads a source into Salesforce and reports the outcome of every record.
 * Fails with an ApplicationFailure whose type names the consequence. The outcome of every record sent until then is in the run
 * store, and a run with the same id continues from there.
 */
export async function syncRecords(input: SyncRecordsRun): Promise<RunReport> {
  requireInput(syncRecordsInputSchema, isObject(input) ? requestOf(input) : input, { sync: 'nightly' })
  requireResume(input)
  requireOneRun(input)
  const state = newRunState(runIdOf(input), workflowInfo().startTime.getTime(), {
    paused: input.resume?.paused,
    appliesPlan: input.plan != null,
    flow: flowOfParent(),
  })
  answerProgress(state)
  takeControl(state)
  const leases = new RunLeases(state)
  try {
    const prepared = await (input.resume == null ? prepareLoad(requestOf(input), { state, leases }) : recall(state))
    const report = 'skipped' in prepared ? await skip(prepared, state) : await load(prepared, input, { state, leases })
    await endRun(state, input, { outcome: report.outcome, report })
    return report
  } catch (error) {
    // The run has not ended: it continues in a new history.
    if (error instanceof ContinueAsNew) throw error
    const failure = readableFailure(error)
    await endRun(state, input, earlyEnd(failure))
    throw failure
  }
}

/** The input without what the workflow passes to itself. */
function requestOf({ resume: _, ...request }: SyncRecordsRun): SyncRecordsInput {
  return request
}

/** Only the workflow itself gives a resume. `continueRun` checks the rest. */
function requireResume({ resume }: SyncRecordsRun): void {
  if (resume == null || resumeSchema.safeParse(resume).success) return
  throw finalFailure(
    'InputRejectedError',
    'The input of syncRecords: resume is set by the workflow itself; leave it out',
    'usage',
  )
}

/** The run as an earlier history of this workflow has prepared it. */
const recall = ({ runId }: RunState): Promise<PreparedLoad> =>
  preparation('read the run from the run store to continue it').continueRun({
    runId,
    execution: workflowInfo().firstExecutionRunId,
  })

/** A plan is applied under its own run id. */
function requireOneRun({ plan, runId }: SyncRecordsRun): void {
  if (plan == null || runId == null || plan === runId) return
  throw finalFailure(
    'InputRejectedError',
    `The input of syncRecords: plan is ${plan} and runId is ${runId}; a plan is applied under its own run id, so leave out runId`,
    'usage',
  )
}

const skip = ({ skipped }: Skipped, { runId }: RunState): Promise<RunReport> =>
  results.reportSkipped({ runId, skipped, startedAt: workflowInfo().startTime.getTime() })

async function load({ settings, staged }: PreparedLoad, input: SyncRecordsRun, run: RunningLoad): Promise<RunReport> {
  const { state } = run
  const { runId } = state
  const { chunksLeft, ...sent } = await send({ settings, staged }, input, run)
  if (chunksLeft > 0) {
    const { sync } = input
    const { paused } = state
    const resume = { ...sent, ...(paused === undefined ? {} : { paused }) }
    return await continueAsNew<typeof syncRecords>({ ...(sync == null ? {} : { sync }), runId, resume })
  }
  beginStep(state, 'combines the results of all chunks', { stage: 'aggregating' })
  // Every record is settled: a cancellation is too late now.
  return await CancellationScope.nonCancellable(() =>
    results.aggregateResults({ runId, inlineResults: settings.inlineResults, ended: 'completed' }),
  )
}

async function send(
  { settings, staged }: PreparedLoad,
  { resume }: SyncRecordsRun,
  { state, leases }: RunningLoad,
): Promise<ChunksSent> {
  try {
    const matched = resume == null ? await matchLoad({ settings, staged }, { state, leases }) : undefined
    const toSend = matched === undefined ? staged : withoutUnmatched(staged, matched)
    if (resume == null) await notifyDeletions({ settings, staged }, matched, state)
    beginStep(state, 'starts to send', { settings, staged: toSend, stage: 'sending' })
    return await sendChunks({ settings, staged: toSend, state, leases, resume: resume ?? undefined })
  } catch (error) {
    // Records that were sent keep their results, whatever ended the run.
    const ended = isCancellation(asCancellation(error)) ? 'cancelled' : 'failed'
    const report = await CancellationScope.nonCancellable(() =>
      results.aggregateResults({ runId: state.runId, inlineResults: false, ended }),
    )
    state.inProgress.clear()
    advance(state, { report })
    throw error
  }
}
