import { writtenDuration } from '../../packages/client/contract/duration.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../../packages/client/contract/maintenance.ts'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { PLAN_FILE, SPEC_FILE, STAGED_FILE } from '../protocol/layout.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'
import type { RunStores } from '../storage/runStore.ts'
import {
  isCallFolder,
  isForgotten,
  isMarkedRemoved,
  isReserved,
  markRemoved,
  REMOVED_RUNS,
  removedRunIds,
  unmarkRemoved,
} from './removedRuns.ts'
import { readRunDocuments } from './runDocuments.ts'
import { isOverdue, type Retention, type RunSummary, summaryOfRun } from './runSummary.ts'

/** Whether the workflow of this id is running now. */
export type IsRunning = (workflowId: string) => Promise<boolean>

/** Ids named in the answer, which must fit into a Temporal payload. */
const MAX_NAMED = 1_000

/**
 * Removes the runs whose retention has passed. A run that a workflow executes is never removed.
 * Throws RunRejectedError when no retention is stated, and when the input asks to remove more than the configuration says.
 */
export async function pruneRuns(
  { runStores, retention }: Pick<Dependencies, 'runStores' | 'retention'>,
  input: PruneRunsInput,
  step: Step & { readonly isRunning: IsRunning },
): Promise<PruneRunsAnswer> {
  step.heartbeat({ pruning: runStores.location })
  const dryRun = input.dryRun ?? false
  return prune(runStores, retentionOf(input, retention, dryRun), dryRun, step)
}

/** Any caller may start the removal, so an input may keep runs longer than the configuration says, and never shorter. */
function retentionOf(input: PruneRunsInput, configured: Retention = {}, dryRun: boolean): Retention {
  const asked = { retention: input.retention, retentionUnfinished: input.retentionUnfinished }
  const kept = { retention: configured.completed, retentionUnfinished: configured.unfinished }
  const problems = RETENTIONS.flatMap(key => (dryRun ? [] : (shorterProblem(key, asked[key], kept[key]) ?? [])))
  const completed = asked.retention ?? kept.retention
  const unfinished = asked.retentionUnfinished ?? kept.retentionUnfinished
  if (completed === undefined && unfinished === undefined) {
    problems.push('the configuration of the worker has no retention; set retention: 90d in sflink.yaml')
  }
  if (problems.length > 0) throw new RunRejectedError('Removing old runs', problems)
  return present({ completed, unfinished })
}

const RETENTIONS = ['retention', 'retentionUnfinished'] as const

function shorterProblem(key: string, asked: number | null | undefined, kept: number | undefined): string | undefined {
  if (asked == null || (kept !== undefined && asked >= kept)) return undefined
  const configured = kept === undefined ? 'which keeps these runs forever' : `which has ${writtenDuration(kept)}`
  return `${key} ${writtenDuration(asked)} is shorter than in the configuration of the worker, ${configured}; nothing was removed. Change it in sflink.yaml, or ask for a dry run`
}

async function prune(
  stores: RunStores,
  retention: Retention,
  dryRun: boolean,
  { signal, isRunning }: Pick<Step, 'signal'> & { readonly isRunning: IsRunning },
): Promise<PruneRunsAnswer> {
  const marked = await removedRunIds(stores)
  const removed: string[] = []
  const working: string[] = []
  let kept = 0
  for await (const runId of stores.runIds()) {
    signal.throwIfAborted()
    if (runId === REMOVED_RUNS) continue
    if (isCallFolder(runId)) {
      if (!dryRun && isForgotten(runId, Date.now())) await stores.removeRun(runId)
      continue
    }
    const run = await summarise(stores, runId)
    if (!isOverdue(run, retention, Date.now(), marked.has(runId))) kept += 1
    else if (await isInProgress(run, isRunning)) working.push(runId)
    else if (dryRun || (await remove(stores, run, marked.has(runId), isRunning))) removed.push(runId)
    else working.push(runId)
  }
  return {
    location: stores.location,
    dryRun,
    removedCount: removed.length,
    removed: removed.slice(0, MAX_NAMED),
    working: working.slice(0, MAX_NAMED),
    kept,
  }
}

const summarise = async (stores: RunStores, runId: string): Promise<RunSummary> =>
  summaryOfRun(runId, await readRunDocuments(stores.open(runId)))

/** Removes one run, however old it is. Nothing is sent again under its id. */
export async function removeRun(
  stores: RunStores,
  runId: string,
  isRunning: IsRunning,
): Promise<'removed' | 'missing' | 'foreign' | 'reserved' | 'running'> {
  // Rejects what is no run id before anything is looked up by it.
  const files = stores.open(runId)
  if (isReserved(runId)) return 'reserved'
  const isMarked = await isMarkedRemoved(stores, runId)
  if ((await files.list('')).length === 0) return 'missing'
  const run = await summarise(stores, runId)
  if (run.state === 'foreign' && !isMarked) return 'foreign'
  const workflowIds = [...new Set([...run.workflowIds, workflowIdOfRun(runId)])]
  if (await isInProgress({ ...run, workflowIds }, isRunning)) return 'running'
  return (await remove(stores, run, isMarked, isRunning)) ? 'removed' : 'running'
}

/** False when a workflow has just started to execute the run. */
async function remove(stores: RunStores, run: RunSummary, isMarked: boolean, isRunning: IsRunning): Promise<boolean> {
  const { runId } = run
  if (!isMarked) {
    // The mark stays for good: it must not hold the note, which may quote a record.
    const { note: _, ...facts } = run
    await markRemoved(stores, runId, { removedAt: utcTimestamp(Date.now()), run: facts })
    // prepareRun records its start and then checks for the mark. So one of the two sees the other.
    const now = await summarise(stores, runId)
    if (JSON.stringify(now) !== JSON.stringify(run) || (await isInProgress(now, isRunning))) {
      await unmarkRemoved(stores, runId)
      return false
    }
  }
  // Without these files no step can send, even one of a reset workflow. So they are removed before the proof of what was sent.
  for (const path of [SPEC_FILE, PLAN_FILE, STAGED_FILE]) await stores.open(runId).remove(path)
  await stores.removeRun(runId)
  return true
}

async function isInProgress({ workflowIds }: RunSummary, isRunning: IsRunning): Promise<boolean> {
  for (const workflowId of workflowIds) if (await isRunning(workflowId)) return true
  return false
}
