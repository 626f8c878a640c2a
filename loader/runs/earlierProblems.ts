// Why a run cannot be retried or undone, in one line with what to do.
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { earlierRunOf } from '../spec/earlierRun.ts'
import type { RunSummary } from './runSummary.ts'

/** Why the failed records of a run cannot be loaded again. */
export function retryProblem(
  { runId, state, note, tally, records }: RunSummary,
  spec: SyncSpec | undefined,
): string | undefined {
  const earlier = spec === undefined ? undefined : earlierRunOf(spec.source)
  if (earlier?.kind === 'undo') {
    return `it undoes run ${earlier.runId}, and a record that it left as it is has its own reason: sflink sync results ${runId}; take the undo back (sflink sync undo ${runId}), and undo again`
  }
  switch (state) {
    case 'completed_with_rejected':
      return undefined
    case 'completed':
      return `all of its ${records} records were loaded (${tally?.created} created, ${tally?.updated} updated), so there is nothing to load again; see its results: sflink sync results ${runId}`
    case 'skipped':
      return 'it loaded nothing, so no record has failed; start the sync again'
    case 'failed':
    case 'cancelled':
      return `it ${state === 'failed' ? 'failed' : 'was cancelled'} before every record was sent; resume it (sflink sync resume ${runId}); what is rejected then can be loaded again`
    case 'planned':
      return notApplied(runId)
    case 'damaged':
      return `its files are damaged (${note}); load the rejected rows as a new run`
    case 'unfinished':
    case 'foreign':
    case 'removing':
      return notEnded(runId)
  }
}

/** Why what a run has written cannot be taken back. */
export function undoProblem({ runId, state, note, tally }: RunSummary, spec: SyncSpec | undefined): string | undefined {
  switch (state) {
    case 'completed':
    case 'completed_with_rejected':
    case 'failed':
    case 'cancelled':
      break
    case 'skipped':
      return 'it loaded nothing, so there is nothing to take back'
    case 'planned':
      return notApplied(runId)
    case 'damaged':
      return `its files are damaged (${note}); correct the records in the org by hand`
    case 'unfinished':
    case 'foreign':
    case 'removing':
      return notEnded(runId)
  }
  const { created = 0, updated = 0, deleted = 0 } = tally ?? {}
  if (created + updated + deleted === 0) return 'it has written no record, so there is nothing to take back'
  if (updated + deleted === 0 || spec?.undo === true) return undefined
  return `it overwrote ${updated} and deleted ${deleted} records and has not kept what they held, because its sync has no undo: true; correct them in the org by hand, and set undo: true for later runs`
}

const notApplied = (runId: string): string =>
  `it is a plan, and nothing of it was sent; apply it: sflink sync run --plan ${runId}`

const notEnded = (runId: string): string =>
  `it has not ended; follow it: sflink sync status ${runId} --follow (if its workflow was terminated: sflink sync resume ${runId})`
