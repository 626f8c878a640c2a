// Which runs a run of a flow is made of. Everything that can be known before the first of them is validated here: nothing has been sent yet.
import { isObject } from '../../packages/client/contract/issues.ts'
import { type FlowRunName, flowRunNameOf, type RunName, runInFlow } from '../../packages/client/contract/names.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import type { RunFlowInput } from '../../packages/client/contract/runFlow.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { PLAN_REPORT_FILE, REPORT_FILE, STAGED_FILE } from '../protocol/layout.ts'
import { readJson, readSpec } from '../protocol/runRecords.ts'
import { lookedUpObjects, parentFields } from '../spec/parentSyncs.ts'
import { overridesTo } from '../spec/parseSyncSpec.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'
import type { RunStores } from '../storage/runStore.ts'
import { rejectUndone } from './earlierLoad.ts'
import { checkFlow, type FlowLoad, type RunOfFlow, rejectAbsentSource } from './flowChecks.ts'
import { runsToUndo } from './flowUndo.ts'
import { ownLoad } from './prepareRun.ts'
import { rejectRemoved } from './removedRuns.ts'
import { readRunDocuments } from './runDocuments.ts'
import { rejectEarlyRun } from './runOwner.ts'
import { summaryOfRun } from './runSummary.ts'

export type PrepareFlowInput = RunFlowInput & {
  readonly workflowId: string
  /** When it was started, by the clock of Temporal's server. Epoch milliseconds. */
  readonly at: number
  /** Whether the workflow plans and sends nothing. */
  readonly plans: boolean
}

type FlowDependencies = Pick<
  Dependencies,
  'flow' | 'flowNames' | 'sync' | 'syncNames' | 'allow' | 'scheduleZone' | 'connection' | 'runStores' | 'statSource'
>

/**
 * Returns the runs of a flow in the order in which they run.
 * Throws RunRejectedError for an unknown flow, for one that callers may not run, and for everything that the run of one of its syncs
 * would reject before it reads its source.
 */
export async function prepareFlow(
  dependencies: FlowDependencies,
  input: PrepareFlowInput,
  step: Step,
): Promise<readonly RunOfFlow[]> {
  const own = ownNameOf(input)
  rejectEarlyRun({ runId: own.runId, at: input.at })
  const names = dependencies.flow(input.flow)
  if (names === undefined) throw unknownFlow(input.flow, dependencies.flowNames)
  if (input.undoOf != null) return runsToUndo(dependencies, own, input.undoOf, names)
  rejectUnknownSpecs(input, names)
  const loads: FlowLoad[] = []
  for (const sync of names) {
    const run = runInFlow(own, sync)
    await rejectForeignLoad(dependencies.runStores, run.runId, own.runId)
    const load = await loadOf(dependencies, input, { run, sync, signal: step.signal })
    const planned = input.plans ? plannedLookups(load.spec, loads) : []
    loads.push({ ...load, parents: [...new Set([...load.parents, ...planned])] })
  }
  await checkFlow(dependencies, loads, input, step)
  return loads.map(({ spec: _, ...run }) => run)
}

/** Of a plan: the syncs before that would create records which lookups are to find. A load finds them in the org. */
function plannedLookups(spec: SyncSpec, before: readonly FlowLoad[]): readonly string[] {
  const objects = lookedUpObjects(spec)
  return before
    .filter(({ spec: other }) => other.connection === spec.connection && objects.includes(other.object.toLowerCase()))
    .map(({ sync }) => sync)
}

function ownNameOf({ flow, workflowId }: PrepareFlowInput): FlowRunName {
  const own = flowRunNameOf(workflowId)
  if (own !== undefined && own.workflowId === workflowId && own.flow === flow) return own
  throw new RunRejectedError(`Flow ${flow}`, [
    `the workflow is called ${workflowId}, and its runs are named by it; start it as flow/${flow}/LABEL, with a label such as the date`,
  ])
}

function unknownFlow(flow: string, known: readonly string[]): RunRejectedError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new RunRejectedError(`Flow ${flow}`, [
    `the worker's configuration has no such flow; ${names}${didYouMean(flow, known)}`,
  ])
}

function rejectUnknownSpecs({ flow, specs }: PrepareFlowInput, names: readonly string[]): void {
  const unknown = Object.keys(specs ?? {}).filter(name => !names.includes(name))
  if (unknown.length === 0) return
  throw new RunRejectedError('The input of the flow', [
    `specs: ${unknown.join(', ')}: not a sync of the flow ${flow}; it has ${names.join(', ')}`,
  ])
}

async function loadOf(
  dependencies: FlowDependencies,
  { flow, specs, scheduledTime, timeZone, plans, at }: PrepareFlowInput,
  { run, sync, signal }: { readonly run: RunName; readonly sync: string; readonly signal: AbortSignal },
): Promise<FlowLoad> {
  const { runStores, scheduleZone } = dependencies
  const store = runStores.open(run.runId)
  await rejectRemoved(runStores, run.runId)
  const completed = await completedReport(runStores, run.runId, plans)
  const staged = completed === undefined && (await store.size(STAGED_FILE)) !== undefined
  const zone = timeZone ?? scheduleZone(flow)
  // A run that may have sent records continues with its own spec.
  const given = staged ? overridesTo(await readSpec(store)) : specs?.[sync]
  const input = { sync, ...present({ spec: given, timeZone: zone, scheduledTime }), inlineResults: false }
  const execution = { runId: run.runId, workflowId: run.workflowId, at, execution: '' }
  if (completed !== undefined) return { ...run, sync, parents: [], report: completed, spec: await readSpec(store) }
  const { spec } = await ownLoad(dependencies, { ...input, ...execution, plans }, store)
  if (!staged) await rejectAbsentSource(dependencies, sync, spec, signal)
  const parents = parentFields(spec, sync).filter(one => spec.parentRuns?.[one.sync] === undefined)
  // Named runs of other parents stay beside those of this flow.
  const named = spec.parentRuns === undefined ? input : { ...input, spec: { ...given, parentRuns: spec.parentRuns } }
  return { ...run, sync, parents: [...new Set(parents.map(one => one.sync))], input: named, spec }
}

/** Throws RunRejectedError for a load that someone else has begun under the name of a run of the flow: it may have other records. */
async function rejectForeignLoad(runStores: RunStores, runId: string, flowRun: string): Promise<void> {
  const store = runStores.open(runId)
  const { executions, report, planReport, unreadable } = await readRunDocuments(store, { whole: true })
  const isOwn = executions.some(({ started }) => isObject(started) && started['flow'] === flowRun)
  const hasRead = report !== undefined || planReport !== undefined || (await store.size(STAGED_FILE)) !== undefined
  // Of a damaged file it is not known; another label would load its records again.
  if (isOwn || !hasRead || unreadable.length > 0) return
  throw new RunRejectedError(`Flow run ${flowRun}`, [
    `the run ${runId} was started on its own, and may have loaded other records; nothing was sent. Start the flow with another label`,
  ])
}

const DONE: readonly string[] = ['completed', 'completed_with_rejected', 'skipped', 'planned']

/** undefined for a run that is to be started, or continued. Throws RunRejectedError for one that was undone. */
async function completedReport(
  runStores: Dependencies['runStores'],
  runId: string,
  plans: boolean,
): Promise<RunReport | PlanReport | undefined> {
  await rejectUndone(runStores, runId)
  const store = runStores.open(runId)
  const { state } = summaryOfRun(runId, await readRunDocuments(store, { whole: true }))
  if (!DONE.includes(state)) return undefined
  return readJson<RunReport | PlanReport>(store, plans ? PLAN_REPORT_FILE : REPORT_FILE)
}
