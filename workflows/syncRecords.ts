import {
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  defineQuery,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedSource } from '../loader/protocol/staged.ts'
import { isObject } from '../packages/client/contract/issues.ts'
import { PROGRESS_QUERY, runIdOfWorkflow } from '../packages/client/contract/names.ts'
import type { RunReport, SkippedRun } from '../packages/client/contract/runReport.ts'
import {
  type SyncProgress,
  type SyncRecordsInput,
  syncRecordsInputSchema,
} from '../packages/client/contract/syncRecords.ts'
import { endRun } from './endRun.ts'
import { asCancellation, readableFailure } from './failures.ts'
import { advance } from './page/showRun.ts'
import { tagBegin } from './page/tags.ts'
import { FILES, PREPARE, stepsUnder } from './policies.ts'
import { requireInput } from './requireInput.ts'
import type { SyncRecordsResume } from './resumedRun.ts'
import { newRunState, progressOf, type RunState } from './runState.ts'
import { type ChunksSent, sendChunks } from './sendChunks.ts'
import { scheduledTime, untilSource } from './sourceArrival.ts'

export const progressQuery = defineQuery<SyncProgress>(PROGRESS_QUERY)

/** The workflow passes `resume` to itself when it continues as new; callers leave it out. */
type ContinuedInput = SyncRecordsInput & { readonly resume?: SyncRecordsResume }

/**
 * Loads a source into Salesforce and reports the outcome of every record.
 * Fails with an ApplicationFailure whose type names the error and whose first detail is its kind. Whatever was sent before is in
 * the run store, and the same run id continues from there.
 */
export async function syncRecords(given: ContinuedInput): Promise<RunReport> {
  const { resume, ...input } = { ...given }
  requireInput(syncRecordsInputSchema, isObject(given) ? input : given, { sync: 'nightly' })
  const { workflowId, originalExecutionRunId } = workflowInfo()
  const runId = input.runId ?? runIdOfWorkflow(workflowId) ?? originalExecutionRunId
  const state = newRunState(runId)
  setHandler(progressQuery, () => progressOf(state))
  try {
    const prepared = resume ?? (await prepare(input, state))
    const ended = 'skipped' in prepared ? await reportSkipped(prepared.skipped, runId) : undefined
    const report = ended ?? (await load(input, prepared as Prepared, state, resume))
    await endRun(state, input, { report })
    return report
  } catch (error) {
    // The run continues in a new history.
    if (error instanceof ContinueAsNew) throw error
    const failure = readableFailure(error)
    await endRun(state, input, { failure })
    throw failure
  }
}

type Prepared = { readonly settings: RunSettings; readonly staged: StagedSource }

/** Everything before the first write in Salesforce: any problem of the load appears here and costs nothing. */
async function prepare(input: SyncRecordsInput, state: RunState): Promise<Prepared | { readonly skipped: SkippedRun }> {
  const { runId } = state
  const time = scheduledTime(input)
  const prepared = await stepsUnder(PREPARE, 'validate the input and the sync').prepareRun({
    ...input,
    ...(time === undefined ? {} : { scheduledTime: time }),
    runId,
    execution: workflowInfo().firstExecutionRunId,
  })
  advance(state, { settings: prepared })
  const missing = await untilSource(prepared, state, time)
  if (missing !== undefined) return { skipped: missing }
  const login = stepsUnder(PREPARE, `log in to the connection ${prepared.connection} and run a test query`)
  const { organizationId: org } = await login.validateConnection({ connection: prepared.connection })
  const settings = { ...prepared, org }
  tagBegin(runId, settings)
  advance(state, { settings, stage: 'planning' })
  const planning = stepsUnder(PREPARE, `validate the field mapping against ${prepared.object}`)
  const planned = await planning.planSync({ runId })
  advance(state, { stage: 'staging' })
  const staging = stepsUnder(FILES, `read and validate ${prepared.title.source}, cut it into chunks`)
  const staged = await staging.stageSource({ runId, sync: input.sync })
  if (staged.skipped !== undefined) return { skipped: staged.skipped }
  return { settings: { ...settings, ...planned }, staged }
}

async function load(
  input: SyncRecordsInput,
  { settings, staged }: Prepared,
  state: RunState,
  resume: SyncRecordsResume | undefined,
): Promise<RunReport> {
  const { runId } = state
  advance(state, { settings, staged, stage: 'sending' })
  const { chunksLeft, done, tally, rejections } = await send(settings, staged, state, resume)
  if (chunksLeft > 0) {
    const next = { settings, staged, done, tally, rejections }
    return continueAsNew<typeof syncRecords>({ ...input, runId, resume: next })
  }
  advance(state, { stage: 'aggregating' })
  // Every record is settled: a cancellation comes too late now.
  return aggregate({ runId, inlineResults: settings.inlineResults, ended: 'completed' })
}

/** Records that were sent keep their results, whatever ends the run. */
async function send(
  settings: RunSettings,
  staged: StagedSource,
  state: RunState,
  resume: SyncRecordsResume | undefined,
): Promise<ChunksSent> {
  const { runId } = state
  try {
    return await sendChunks({ runId, settings, staged, state, resume })
  } catch (error) {
    const ended = isCancellation(asCancellation(error)) ? 'cancelled' : 'failed'
    const report = await aggregate({ runId, inlineResults: false, ended })
    state.inProgress.clear()
    advance(state, { report })
    throw error
  }
}

const results = stepsUnder(FILES, 'merge the results of all chunks: results.csv, rejected.csv, report.json')

function aggregate(input: Parameters<typeof results.aggregateResults>[0]): Promise<RunReport> {
  return CancellationScope.nonCancellable(() => results.aggregateResults(input))
}

/** There is nothing to load, and the sync accepts that. */
function reportSkipped(skipped: SkippedRun, runId: string): Promise<RunReport> {
  return results.reportSkipped({ runId, skipped, startedAt: workflowInfo().startTime.getTime() })
}
