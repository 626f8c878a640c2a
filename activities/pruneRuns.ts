import { getClient } from '@temporalio/activity'
import { isCallFolder, isForgotten } from '../loader/calls/callFolders.ts'
import type { Dependencies } from '../loader/dependencies.ts'
import { PLAN_FILE, SPEC_FILE, STAGED_FILE } from '../loader/protocol/layout.ts'
import { utcTimestamp } from '../loader/results/utcTimestamp.ts'
import { markRemoved, REMOVED_RUNS, removedRunIds, unmarkRemoved } from '../loader/runs/removedRuns.ts'
import { isOverdue, type Retention } from '../loader/runs/retention.ts'
import { readRunDocuments } from '../loader/runs/runDocuments.ts'
import { type RunSummary, summaryOfRun } from '../loader/runs/runSummary.ts'
import { RunRejectedError } from '../loader/spec/runRejectedError.ts'
import type { RunStores } from '../loader/storage/runStore.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../packages/client/contract/messages.ts'
import { throwIfCancelled, whileBeating } from './heartbeat.ts'

/** Ids that the answer names: it is a payload of Temporal's. */
const MOST_NAMED = 1_000

/**
 * Removes the runs whose time has passed. One that a workflow works on stays, however old it is.
 * Retry: safe because a run is marked as removed before its first file goes, and a marked run is never started again: a removal that
 * broke off looks like no fresh run, and the next attempt ends it.
 */
export function pruneRuns({ runStores, retention }: Dependencies) {
  return async (input: PruneRunsInput): Promise<PruneRunsAnswer> => {
    const chosen = retentionOf(input, retention)
    return whileBeating({ pruning: runStores.location }, () => prune(runStores, chosen, input.dryRun ?? false))
  }
}

function retentionOf({ keep, keepUnfinished }: PruneRunsInput, configured: Retention | undefined): Retention {
  const completed = keep ?? configured?.completed
  const unfinished = keepUnfinished ?? configured?.unfinished
  if (completed !== undefined || unfinished !== undefined) {
    return { ...(completed === undefined ? {} : { completed }), ...(unfinished === undefined ? {} : { unfinished }) }
  }
  throw new RunRejectedError('Removing old runs', [
    'the configuration of the worker does not say how long runs are kept; set keep: 90d in sflink.yaml, or give --keep 90d',
  ])
}

async function prune(stores: RunStores, retention: Retention, dryRun: boolean): Promise<PruneRunsAnswer> {
  const marked = await removedRunIds(stores)
  const removed: string[] = []
  const working: string[] = []
  let kept = 0
  for await (const runId of stores.runIds()) {
    throwIfCancelled()
    if (runId === REMOVED_RUNS) continue
    if (isCallFolder(runId)) {
      if (!dryRun && isForgotten(runId, Date.now())) await stores.removeRun(runId)
      continue
    }
    const run = await summarise(stores, runId)
    if (!isOverdue(run, retention, Date.now(), marked.has(runId))) kept += 1
    else if (await isWorkedOn(run)) working.push(runId)
    else if (dryRun || (await remove(stores, run, marked.has(runId)))) removed.push(runId)
    else working.push(runId)
  }
  return {
    location: stores.location,
    dryRun,
    removedCount: removed.length,
    removed: removed.slice(0, MOST_NAMED),
    working: working.slice(0, MOST_NAMED),
    kept,
  }
}

async function summarise(stores: RunStores, runId: string): Promise<RunSummary> {
  return summaryOfRun(runId, await readRunDocuments(stores.open(runId)))
}

/** False when a workflow has just begun to work on the run. */
async function remove(stores: RunStores, run: RunSummary, isMarked: boolean): Promise<boolean> {
  const { runId } = run
  if (!isMarked) {
    await markRemoved(stores, runId, { removedAt: utcTimestamp(Date.now()), run })
    // prepareRun writes that it has begun and then looks for the mark: one of the two sees the other.
    const now = await summarise(stores, runId)
    if (JSON.stringify(now) !== JSON.stringify(run) || (await isWorkedOn(now))) {
      await unmarkRemoved(stores, runId)
      return false
    }
  }
  // Without these no step can send, also one of a workflow that is reset: so they go before the proof of what was sent.
  for (const path of [SPEC_FILE, PLAN_FILE, STAGED_FILE]) await stores.open(runId).remove(path)
  await stores.removeRun(runId)
  return true
}

async function isWorkedOn({ workflowIds }: RunSummary): Promise<boolean> {
  const client = getClient()
  for (const workflowId of workflowIds) {
    try {
      const { closeTime } = await client.workflow.getHandle(workflowId).describe()
      if (closeTime === undefined) return true
    } catch (error) {
      if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error
    }
  }
  return false
}
