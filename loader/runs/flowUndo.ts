// Which runs take back what a run of a flow has written: children before their parents.
import { type FlowRunName, flowRunNameOf, runInFlow, syncOfRun } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { EARLIER_FILES, REPORT_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { readJsonIfThere } from '../protocol/runRecords.ts'
import { rejectForbiddenSync } from '../spec/callerRules.ts'
import { earlierRunOf } from '../spec/earlierRun.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies } from '../step.ts'
import type { RunStores } from '../storage/runStore.ts'
import { undoProblem } from './earlierProblems.ts'
import type { RunOfFlow } from './flowChecks.ts'
import { readRunDocuments } from './runDocuments.ts'
import { type RunSummary, summaryOfRun } from './runSummary.ts'

/**
 * Returns the undo of each run of a flow that has written something, and of its retries; the run that began last comes first.
 * Throws RunRejectedError before anything is taken back when one of them cannot be undone.
 */
export async function runsToUndo(
  { runStores, allow }: Pick<Dependencies, 'runStores' | 'allow'>,
  own: FlowRunName,
  undoOf: string,
  syncs: readonly string[],
): Promise<readonly RunOfFlow[]> {
  const undone = flowRunNameOf(undoOf)
  if (undone === undefined || undone.flow !== own.flow) {
    throw new RunRejectedError('The input of the flow', [
      `undoOf: ${undoOf} is no run of the flow ${own.flow}; list its runs: sflink flow status ${own.flow}`,
    ])
  }
  const written = lastFirst(await runsOf(runStores, undone), syncs)
  for (const sync of new Set(written.map(({ runId }) => syncOfRun(runId)))) rejectForbiddenSync(allow, sync)
  const runs: RunOfFlow[] = []
  const problems: string[] = []
  const undoes: string[] = []
  const counts = new Map<string, number>()
  for (const run of written) {
    const sync = syncOfRun(run.runId) ?? ''
    const again = counts.get(sync) ?? 0
    const undo = runInFlow(own, sync, again)
    const found = await undoOfRun(runStores, run, undo.runId)
    if (found === 'undo') undoes.push(run.runId)
    if (found === 'nothing' || found === 'undo') continue
    counts.set(sync, again + 1)
    if ('problem' in found) problems.push(`run ${run.runId}: ${found.problem}`)
    else runs.push({ ...undo, sync, parents: [], ...found })
  }
  if (undoes.length > 0) {
    const commands = undoes.map(runId => `sflink sync undo ${runId}`).join('; ')
    throw new RunRejectedError(`Flow run ${undone.runId}`, [
      `it is an undo; take its runs back one by one: ${commands}`,
    ])
  }
  if (problems.length > 0) throw new RunRejectedError(`Flow run ${undone.runId}`, problems)
  if (runs.length > 0) return runs
  throw new RunRejectedError(`Flow run ${undone.runId}`, [
    'its runs have written nothing that is not undone yet, so there is nothing to take back',
  ])
}

/** @param syncs of the flow, in the order of runs that began in one second */
function lastFirst(runs: readonly RunSummary[], syncs: readonly string[]): readonly RunSummary[] {
  const place = ({ runId }: RunSummary) => syncs.indexOf(syncOfRun(runId) ?? '')
  const began = ({ startedAt = '' }: RunSummary) => startedAt
  const byBegin = (a: RunSummary, b: RunSummary) =>
    Number(began(a) > began(b)) - Number(began(a) < began(b)) || place(a) - place(b)
  return runs.toSorted(byBegin).toReversed()
}

/** The runs of a flow run, each followed by its retries. */
async function runsOf(runStores: RunStores, { flow, runId }: FlowRunName): Promise<readonly RunSummary[]> {
  const suffix = `.${runId}`
  const runs: RunSummary[] = []
  for await (const stored of runStores.runIds()) {
    if (!stored.endsWith(suffix) || stored.length === suffix.length) continue
    for (let next: string | undefined = stored; next !== undefined; ) {
      runs.push(summaryOfRun(next, await readRunDocuments(runStores.open(next), { whole: true })))
      next = (await readJsonIfThere<Claim>(runStores.open(next), EARLIER_FILES.retry))?.runId
    }
  }
  if (runs.length === 0) {
    throw new RunRejectedError(`Flow run ${runId}`, [
      `there is no run of it in ${runStores.location}; list the runs of the flow: sflink flow status ${flow}`,
    ])
  }
  return runs
}

type Claim = { readonly runId: string }

type UndoOfRun =
  | 'nothing'
  | 'undo'
  | { readonly problem: string }
  | Pick<RunOfFlow, 'input'>
  | { readonly report: RunReport }

/** @param undoId the run that undoes it */
async function undoOfRun(runStores: RunStores, run: RunSummary, undoId: string): Promise<UndoOfRun> {
  const store = runStores.open(run.runId)
  const spec = await readJsonIfThere<SyncSpec>(store, SPEC_FILE)
  if (spec !== undefined && earlierRunOf(spec.source)?.kind === 'undo') return 'undo'
  if (run.plans) return { problem: 'it is a plan, and nothing of it was sent' }
  const claim = await readJsonIfThere<Claim>(store, EARLIER_FILES.undo)
  if (claim !== undefined) return afterClaim(runStores, claim.runId, run.runId, undoId)
  const { created = 0, updated = 0, deleted = 0 } = run.tally ?? {}
  const wroteNothing = run.state === 'skipped' || (run.tally !== undefined && created + updated + deleted === 0)
  if (wroteNothing) return 'nothing'
  const problem = undoProblem(run, spec)
  return problem === undefined ? { input: { undoOf: run.runId } } : { problem }
}

/** A run that an earlier undo has begun to take back. */
async function afterClaim(runStores: RunStores, claimedBy: string, runId: string, undoId: string): Promise<UndoOfRun> {
  const report = await readJsonIfThere<RunReport>(runStores.open(claimedBy), REPORT_FILE)
  const isDone = report?.outcome === 'completed' || report?.outcome === 'completed_with_rejected'
  if (claimedBy === undoId) return isDone ? { report } : { input: { undoOf: runId } }
  if (isDone) return 'nothing'
  return {
    problem: `the run ${claimedBy} has begun to undo it and has not completed; resume it first: sflink sync resume ${claimedBy}`,
  }
}
