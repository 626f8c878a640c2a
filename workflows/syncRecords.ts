import {
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
import type { PreparedLoad } from '../activities/runSettings.ts'
import { type StagedSource, withoutUnmatched } from '../loader/protocol/staged.ts'
import { isObject } from '../packages/client/contract/issues.ts'
import { PROGRESS_QUERY, runIdOfWorkflow } from '../packages/client/contract/names.ts'
import type { RunReport, SkippedRun } from '../packages/client/contract/runReport.ts'
import { type SyncProgress, syncRecordsInputSchema } from '../packages/client/contract/syncRecords.ts'
import { advance, beginStep } from './advance.ts'
import { earlyEnd, endRun } from './endRun.ts'
import { asCancellation, finalFailure, readableFailure, requireInput } from './failures.ts'
import { counted } from './page/markdown.ts'
import { tagBegin } from './page/runTags.ts'
import { asSummary } from './page/summaries.ts'
import { FILES, MATCH, PREPARE } from './policies.ts'
import { takeControl } from './runControl.ts'
import { RunLeases } from './runLeases.ts'
import { newRunState, progressOf, type RunState, resumeSchema, type SyncRecordsRun } from './runState.ts'
import { type ChunksSent, sendChunks } from './sendChunks.ts'
import { scheduledTime, waitForSource } from './waitForSource.ts'

const preparation = (summary: string) => proxyActivities<Activities>({ ...PREPARE, summary: asSummary(summary) })
const files = (summary: string) => proxyActivities<Activities>({ ...FILES, summary: asSummary(summary) })
const matching = (summary: string) => proxyActivities<Activities>({ ...MATCH, summary: asSummary(summary) })
const results = files('combine the results of all chunks: results.csv, rejected.csv, report.json')

const progressQuery = defineQuery<SyncProgress>(PROGRESS_QUERY)

type RunningLoad = { readonly state: RunState; readonly leases: RunLeases }

type Skipped = { readonly skipped: SkippedRun }

/**
 * Loads a source into Salesforce and reports the outcome of every record.
 * Fails with an ApplicationFailure whose type names the consequence. The outcome of every record sent until then is in the run
 * store, and a run with the same id continues from there.
 */
export async function syncRecords(input: SyncRecordsRun): Promise<RunReport> {
  requireInput(syncRecordsInputSchema, requestOf(input), { sync: 'nightly' })
  requireResume(input)
  const state = newRunState(runIdOf(input), workflowInfo().startTime.getTime(), input.resume?.paused)
  setHandler(progressQuery, () => progressOf(state), {
    description: 'How far the run is, and what it does or waits for.',
  })
  takeControl(state)
  const leases = new RunLeases(state)
  try {
    const prepared = await (input.resume == null ? prepare(input, state) : recall(state))
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
function requestOf(input: SyncRecordsRun): unknown {
  if (!isObject(input)) return input
  const { resume: _, ...request } = input
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

function runIdOf({ runId }: SyncRecordsRun): string {
  const { workflowId, originalExecutionRunId } = workflowInfo()
  return runId ?? runIdOfWorkflow(workflowId) ?? originalExecutionRunId
}

/** Everything before the first write in Salesforce: an error here costs nothing. */
async function prepare({ resume: _, ...input }: SyncRecordsRun, state: RunState): Promise<PreparedLoad | Skipped> {
  const { runId } = state
  const time = scheduledTime(input)
  const prepared = await preparation('validate the input and the sync').prepareRun({
    ...input,
    ...(time === undefined ? {} : { scheduledTime: time }),
    runId,
    execution: workflowInfo().firstExecutionRunId,
  })
  advance(state, { settings: prepared })
  const missing = await waitForSource(prepared, state, time)
  if (missing !== undefined) return { skipped: missing }
  const { connection, object, title } = prepared
  beginStep(state, `logs in to connection ${connection} and validates the field mapping against ${object}`, {
    stage: 'planning',
  })
  const planned = await preparation(
    `log in to connection ${connection} and validate the field mapping against ${object}`,
  ).planSync({ runId })
  const settings = { ...prepared, ...planned }
  tagBegin(runId, settings)
  beginStep(state, `reads and validates ${title.source}`, { settings, stage: 'staging' })
  const staged = await files(`read and validate ${title.source}, cut it into chunks`).stageSource({
    runId,
    sync: prepared.sync,
  })
  if (staged.skipped !== undefined) return { skipped: staged.skipped }
  return { settings, staged }
}

/** The run as an earlier history of this workflow has prepared it. */
const recall = ({ runId }: RunState): Promise<PreparedLoad> =>
  preparation('read the run from the run store to continue it').continueRun({
    runId,
    execution: workflowInfo().firstExecutionRunId,
  })

/** There is nothing to load, and the sync allows this. */
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
    const toSend = await (resume == null ? match({ settings, staged }, { state, leases }) : staged)
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

/** Some records are first searched for in the org: by a key field, or to compare them. */
async function match({ settings, staged }: PreparedLoad, { state, leases }: RunningLoad): Promise<StagedSource> {
  const keyed = staged.chunks.filter(({ operation }) => settings.searched.includes(operation))
  if (keyed.length === 0) return staged
  const keys = counted(
    keyed.reduce((sum, { records }) => sum + records, 0),
    'key',
  )
  const begin = (what: string) => beginStep(state, what, { settings, staged, stage: 'matching' })
  await leases.take(settings, { what: 'the search for its records', note: begin })
  begin(`finds the records of ${keys} in the org`)
  const matched = await matching(`find the records of ${keys} in the org`).matchRecords({ runId: state.runId })
  return withoutUnmatched(staged, matched)
}
