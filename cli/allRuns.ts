// The runs of a run store, and which of them are running in Temporal.
import pLimit from 'p-limit'
import { isCallFolder, REMOVED_RUNS, removedRunIds } from '../loader/runs/removedRuns.ts'
import { readRunDocuments } from '../loader/runs/runDocuments.ts'
import type { StoredRunState } from '../loader/runs/runStates.ts'
import { compareStarts, type RunSummary, summaryOfRun } from '../loader/runs/runSummary.ts'
import type { RunStore, RunStores } from '../loader/storage/runStore.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import { isSyncName, runNameOf, syncOfRun } from '../packages/client/contract/names.ts'
import { CommandError } from './commandError.ts'
import { type TemporalAccess, withTemporal } from './temporal.ts'

/** Runs read concurrently: a bucket serves many requests at once. */
const AT_A_TIME = 32

export type ListedRun = Omit<RunSummary, 'state'> & { readonly state: StoredRunState | 'running' }

/** Throws RunStoreError when the store can't be read. */
export async function readRuns(stores: RunStores): Promise<readonly RunSummary[]> {
  const removed = await removedRunIds(stores)
  const limit = pLimit(AT_A_TIME)
  const reading: Promise<RunSummary>[] = []
  for await (const runId of stores.runIds()) {
    if (runId !== REMOVED_RUNS && !isCallFolder(runId)) reading.push(limit(() => readRun(stores, runId, removed)))
  }
  return Promise.all(reading)
}

export async function readRun(stores: RunStores, runId: string, removed: ReadonlySet<string>): Promise<RunSummary> {
  const summary = summaryOfRun(runId, await readRunDocuments(stores.open(runId)))
  if (!removed.has(runId)) return summary
  return { ...summary, state: 'removing', note: 'the next sflink runs prune removes its remaining files' }
}

/**
 * The id of a run in the run store, given by it, by the id of its workflow, or by the name of a sync, which stands for its last run, or for
 * its last plan that was not applied.
 * Throws CommandError for the name of a sync without them.
 */
export async function storedRunId(stores: RunStores, either: string, kind: 'run' | 'plan' = 'run'): Promise<string> {
  const { runId } = runNameOf(either)
  if (!isSyncName(either) || (await stores.open(runId).list('')).length > 0) return runId
  const limit = pLimit(AT_A_TIME)
  const reading: Promise<RunSummary>[] = []
  for await (const id of stores.runIds()) {
    if (syncOfRun(id) === either && !isCallFolder(id)) reading.push(limit(() => readRun(stores, id, new Set())))
  }
  const runs = (await Promise.all(reading)).filter(({ plans = false }) => plans === (kind === 'plan'))
  const last = runs.toSorted(compareStarts).at(-1)
  if (last !== undefined) return last.runId
  throw new CommandError(
    `There is no ${kind} ${either} in ${stores.location}, and no ${kind} of a sync of this name. List the runs: sflink runs list`,
  )
}

export type WorkingRuns =
  | { readonly known: true; readonly workflowIds: ReadonlySet<string> }
  | { readonly known: false; readonly reason: string }

/** Workflows of running loads; none when Temporal can't be reached. */
export async function workingRuns(config?: string): Promise<WorkingRuns> {
  try {
    return await withTemporal(
      async temporal => ({ known: true, workflowIds: await runningWorkflows(temporal) }),
      config,
    )
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    return { known: false, reason: error.message }
  }
}

/** Does not use the client's list, which decodes memos: it would fail at a memo that is encrypted with a missing key. */
async function runningWorkflows({ client, namespace }: TemporalAccess): Promise<ReadonlySet<string>> {
  const query = "(WorkflowType = 'syncRecords' OR WorkflowType = 'planRecords') AND ExecutionStatus = 'Running'"
  const workflowIds = new Set<string>()
  let nextPageToken: Uint8Array = new Uint8Array()
  do {
    const page = await client.workflowService.listWorkflowExecutions({ namespace, query, nextPageToken })
    for (const { execution } of page.executions) if (execution?.workflowId) workflowIds.add(execution.workflowId)
    nextPageToken = page.nextPageToken
  } while (nextPageToken.length > 0)
  return workflowIds
}

/** A resumed run counts as running, even if it ended before. */
export function withWorking(runs: readonly RunSummary[], working: WorkingRuns): readonly ListedRun[] {
  if (!working.known) return runs
  return runs.map(run => {
    const isRunning = run.workflowIds.some(id => working.workflowIds.has(id)) && run.state !== 'removing'
    return isRunning ? { ...run, state: 'running' } : run
  })
}

/** Files of a run whose sizes are read at a time. */
const FILES_AT_A_TIME = 16

export type SizedFile = { readonly path: string; readonly bytes: number }

/** All files of a run with their sizes. Throws RunStoreError. */
export async function sizedFiles(store: RunStore): Promise<readonly SizedFile[]> {
  const limit = pLimit(FILES_AT_A_TIME)
  const paths = await store.list('')
  return Promise.all(paths.map(path => limit(async () => ({ path, bytes: (await store.size(path)) ?? 0 }))))
}

/** Bytes of all files of a run; undefined when its directory can't be read. */
export async function runBytes(store: RunStore): Promise<number | undefined> {
  const files = await sizedFiles(store).catch(() => undefined)
  return files?.reduce((sum, { bytes }) => sum + bytes, 0)
}
