import { problemLine } from '../../packages/client/contract/issues.ts'
import { isTimeZone, present } from '../../packages/client/contract/scalars.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { CALLS_FILE, executionFiles, PLAN_FILE, SCANNED_FILE, SPEC_FILE, STAGED_FILE } from '../protocol/layout.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import {
  fillPlaceholders,
  openPlaceholders,
  readScheduledTime,
  scheduledPlaceholderProblem,
} from '../schedule/placeholders.ts'
import { DEFAULT_SCHEDULE_TIME_ZONE } from '../schedule/schedule.ts'
import { rejectForbiddenRun, rejectShorterWait } from '../spec/callerRules.ts'
import { earlierRunOf, earlierRunsIn, OF_A_WHOLE_SOURCE } from '../spec/earlierRun.ts'
import { lostAnswerWaitProblem } from '../spec/lostAnswerWait.ts'
import { isRunOf, overriddenSpec, parseSyncSpec } from '../spec/parseSyncSpec.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import { withEngine } from '../spec/sendingRules.ts'
import type { Dependencies } from '../step.ts'
import type { RunStore } from '../storage/runStore.ts'
import { shownUri } from '../storage/uris.ts'
import { claimEarlier, type EarlierLoad, earlierLoad, rejectUndone } from './earlierLoad.ts'
import { checkParentRuns } from './parentRuns.ts'
import { hasBegunToLoad, planToApply } from './planToApply.ts'
import { rejectRemoved } from './removedRuns.ts'
import { readRunDocuments, type StartedExecution } from './runDocuments.ts'
import { beginOrJoin, type RunExecution, rejectForeignRun } from './runOwner.ts'

export type PrepareRunInput = SyncRecordsInput &
  RunExecution & {
    /** Id of the workflow's first execution. */
    readonly execution: string
    /** Whether the workflow plans and sends nothing. @default false */
    readonly plans?: boolean
    /** The run of the flow whose workflow has started this one. */
    readonly flow?: string
  }

/** What a run loads: its spec, with every default applied, and the location of its files. */
export type PreparedRun = {
  readonly spec: SyncSpec
  readonly location: string
  /** The configured sync whose run it is. */
  readonly sync?: string
  readonly inlineResults: boolean
}

/**
 * Resolves what a run loads (the named sync, the spec given with the run, or the sync with some of its keys replaced; for a run
 * that applies a plan what was planned) and stores it. The spec is written once, and replaced only while nothing can have been sent.
 * Throws RunRejectedError for a wrong input or spec, for an id of another load or workflow and for one of a removed run.
 */
export async function prepareRun(
  dependencies: Pick<Dependencies, 'sync' | 'syncNames' | 'allow' | 'scheduleZone' | 'connection' | 'runStores'>,
  input: PrepareRunInput,
): Promise<PreparedRun> {
  const { sync, syncNames, connection, runStores } = dependencies
  const { plan, plans = false } = input
  rejectForeignRun(input, syncNames)
  const store = runStores.open(input.runId)
  if (plan == null) await rejectRemoved(runStores, input.runId)
  await rejectUndone(runStores, input.runId)
  const load = await loadOf(dependencies, input, store)
  const { spec, sync: name } = load
  // Throws ConfigurationError for an unknown connection.
  const { requestTimeout = 0 } = connection(spec.connection)
  const problem = lostAnswerWaitProblem(spec, requestTimeout)
  if (problem !== undefined) throw new RunRejectedError('The sync spec', [problem])
  if ((await store.size(STAGED_FILE)) === undefined) await checkParentRuns(runStores, { spec, name, plans })
  await keepSpec(store, input.runId, input.execution, spec)
  const hasBegun = await hasBegunToLoad(store)
  // A plan of an undo undoes nothing yet.
  if (!plans) await claimEarlier(runStores, spec, input.runId, hasBegun)
  const configured = name === undefined ? undefined : sync(name)
  const inlineResults = await beginOrJoin(store, input, {
    inlineResults: input.inlineResults,
    byDefault: 'inline' in spec.source,
    appliesPlan: plan != null || hasBegun,
    ...(plans && { plan: present({ sync: name, configured }) }),
  })
  const own = name !== undefined && isRunOf(configured, spec) ? { sync: name } : {}
  await recordStart(store, input, spec, {
    ...own,
    inlineResults,
    ...(plans && { plans }),
    ...present({ flow: input.flow }),
  })
  // A removal, or an undo, marks the run and then checks whether it has started. So one of the two sees the other.
  await rejectRemoved(runStores, input.runId)
  await rejectUndone(runStores, input.runId)
  return { spec, location: store.location, ...own, inlineResults }
}

type Resolving = Pick<Dependencies, 'sync' | 'syncNames' | 'allow' | 'scheduleZone' | 'runStores'>

/** What the run loads: a plan, what continues from an earlier run, or what the input says. */
async function loadOf(dependencies: Resolving, input: PrepareRunInput, store: RunStore): Promise<EarlierLoad> {
  const { plan } = input
  const [earlier, ...others] = earlierRunsIn(input)
  if (others.length > 0 || (plan != null && earlier !== undefined)) {
    throw rejected('plan, retryOf and undoOf: a run applies a plan, retries another run or undoes it; give one of them')
  }
  if (plan != null) return planToApply(dependencies, { ...input, plan })
  if (earlier !== undefined) return earlierLoad(dependencies, input, earlier)
  return ownLoad(dependencies, input, store)
}

/** What an input loads that names a sync or gives a spec. */
export async function ownLoad(
  dependencies: Pick<Dependencies, 'sync' | 'syncNames' | 'allow' | 'scheduleZone'>,
  input: PrepareRunInput,
  store: RunStore,
): Promise<EarlierLoad> {
  const { sync, syncNames, scheduleZone } = dependencies
  const zone = input.sync == null ? undefined : scheduleZone(input.sync)
  const resolved = resolveSpec(input, sync, syncNames)
  if (earlierRunOf(resolved.source) !== undefined) {
    throw new RunRejectedError('The source', [
      'its URI names another run; name that run in the input: retryOf or undoOf',
    ])
  }
  const spec = withEngine(atScheduledTime(resolved, input, zone))
  await rejectForbidden(store, dependencies, input.sync ?? undefined, resolved, spec)
  return { spec, ...present({ sync: input.sync ?? undefined }) }
}

function resolveSpec(
  { sync: name, spec: given }: SyncRecordsInput,
  sync: Dependencies['sync'],
  syncNames: readonly string[],
): SyncSpec {
  if (name == null && given == null) {
    throw new RunRejectedError('The load', [
      'neither sync nor spec is given; name a sync of the configuration, or give a spec',
    ])
  }
  const named = name == null ? undefined : sync(name)
  const parsed = parseSyncSpec(overriddenSpec(named, given), present({ name: name ?? undefined }))
  if (parsed.ok) return parsed.spec
  if (name != null && named === undefined) throw unknownSync(name, syncNames)
  throw new RunRejectedError(name == null ? 'The sync spec' : `Sync ${name}`, parsed.problems.map(problemLine))
}

/** A run that is resumed was allowed when it began. A run of received calls replaces the source, and their rejections stop no other call. */
async function rejectForbidden(
  store: RunStore,
  { allow, sync }: Pick<Dependencies, 'allow' | 'sync'>,
  name: string | undefined,
  resolved: SyncSpec,
  spec: SyncSpec,
): Promise<void> {
  if ((await store.readText(SPEC_FILE)) === specText(spec)) return
  const isReceived = (await store.size(CALLS_FILE)) !== undefined
  const asked = { name, sync: name === undefined ? undefined : sync(name), spec: resolved }
  rejectShorterWait(asked)
  rejectForbiddenRun(allow, asked, isReceived ? OF_A_WHOLE_SOURCE : [])
}

const specText = (spec: SyncSpec): string => `${JSON.stringify(spec, undefined, 2)}\n`

async function keepSpec(store: RunStore, runId: string, execution: string, spec: SyncSpec): Promise<void> {
  const text = specText(spec)
  if (await store.writeOnce(SPEC_FILE, text)) return
  if ((await store.readText(SPEC_FILE)) === text) return
  if (!(await mayBeReplaced(store, execution))) {
    throw new RunRejectedError(`Run ${runId}`, [
      `this run id belongs to a load with another spec (${store.location}/${SPEC_FILE}); give this load another id`,
    ])
  }
  // What was planned and read by the old one.
  await store.remove(PLAN_FILE)
  await store.remove(SCANNED_FILE)
  await store.write(SPEC_FILE, text)
}

/** A run that failed because of its spec resumes with the corrected one: nothing is sent before the source is staged. */
async function mayBeReplaced(store: RunStore, execution: string): Promise<boolean> {
  if ((await store.size(STAGED_FILE)) !== undefined) return false
  const { executions, unreadable } = await readRunDocuments(store, { whole: true })
  return unreadable.length === 0 && executions.every(one => one.execution === execution || one.ended !== undefined)
}

/** Records the start for the list of runs, and so that no run is removed while a workflow executes it. */
async function recordStart(
  store: RunStore,
  { execution, workflowId }: Pick<PrepareRunInput, 'execution' | 'workflowId'>,
  { connection, object, operation }: SyncSpec,
  settled: Pick<StartedExecution, 'sync' | 'inlineResults' | 'plans' | 'flow'>,
): Promise<void> {
  const startedAt = utcTimestamp(Date.now())
  const start: StartedExecution = { workflowId, ...settled, connection, object, operation, startedAt }
  await store.writeOnce(executionFiles(execution).started, `${JSON.stringify(start, undefined, 2)}\n`)
}

/** The rejection of a name that is not a sync of the worker's configuration. */
export function unknownSync(name: string, known: readonly string[]): RunRejectedError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new RunRejectedError(`Sync ${name}`, [`the worker's configuration has no such sync; ${names}`])
}

type GivenTime = Pick<SyncRecordsInput, 'scheduledTime' | 'timeZone'>

/**
 * The spec with `{date}` and related placeholders in the source filled by the scheduled time.
 * @param scheduleZone of the sync's schedule in the configuration
 * Throws RunRejectedError when the time can't be read, or something stays open.
 */
function atScheduledTime(spec: SyncSpec, given: GivenTime, scheduleZone: string | undefined): SyncSpec {
  const { source } = spec
  const timeZone = given.timeZone ?? scheduleZone ?? DEFAULT_SCHEDULE_TIME_ZONE
  if (!isTimeZone(timeZone))
    throw rejected(`timeZone: unknown time zone ${JSON.stringify(timeZone)}; write it like Europe/Berlin`)
  const scheduledTime = timeOf(given.scheduledTime)
  if ('inline' in source) return spec
  const open = openPlaceholders(source)
  if (open.length === 0) return spec
  const problems = open.map(scheduledPlaceholderProblem).filter(problem => problem !== undefined)
  if (problems.length > 0) throw new RunRejectedError(`The source ${shownUri(source.uri)}`, problems)
  if (scheduledTime === undefined) {
    throw new RunRejectedError(`The source ${shownUri(source.uri)}`, [
      `{${open[0]}} is open; give scheduledTime in the input, like 2026-11-25T01:00:00Z, or a spec with the whole source`,
    ])
  }
  return { ...spec, source: fillPlaceholders(source, scheduledTime, timeZone) }
}

function timeOf(text: string | null | undefined): number | undefined {
  if (text == null) return undefined
  const read = readScheduledTime(text, undefined)
  if ('problem' in read) throw rejected(`scheduledTime: ${read.problem}`)
  return read.time
}

const rejected = (problem: string): RunRejectedError => new RunRejectedError('The input of syncRecords', [problem])
