// What a run can be found by and recognised from in Temporal's lists, while it runs and after: search attributes and memo.
import { CancellationScope, isCancellation, proxyActivities, upsertMemo, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../../activities/createActivities.ts'
import type { RunSettings, SyncRecordsInput } from '../../packages/client/contract/messages.ts'
import type { RunOutcome } from '../../packages/client/contract/runReport.ts'
import type { SearchAttribute, SearchValues } from '../../packages/client/contract/searchAttributes.ts'
import { advance, type RunState } from '../runState.ts'
import { setSearchAttributes } from './searchAttributes.ts'

// How a run ended is told without them too: they are not waited for long.
const lookup = proxyActivities<Activities>({
  scheduleToCloseTimeout: '1 minute',
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
  summary: 'look which search attributes there are',
})

/** Once the org is known: what is loaded, and where to. */
export function tagBegin(runId: string, settings: Omit<RunSettings, 'findsIds'>): void {
  if (workflowInfo().memo?.['runId'] !== runId) upsertMemo({ runId })
  setSearchAttributes(settings.searchAttributes, valuesOf(settings))
}

function valuesOf({ searchValues, org }: Omit<RunSettings, 'findsIds'>): SearchValues {
  return { ...searchValues, ...(org === undefined ? {} : { SflinkOrg: org }) }
}

/** How the run ended, its counts and where its files are. */
export function tagEnd(state: RunState, registered: readonly SearchAttribute[], outcome: RunOutcome): void {
  const { runId, settings, report } = state
  setSearchAttributes(registered, {
    ...(settings === undefined ? {} : valuesOf(settings)),
    SflinkOutcome: outcome,
  })
  const counts = report === undefined ? {} : { records: report.records, ...report.tally, files: report.files }
  upsertMemo({ runId, outcome, ...counts })
}

/** Ends the story of a run that failed or was cancelled, whenever that was. Never rejects. */
export async function tellFailure(state: RunState, input: SyncRecordsInput, error: unknown): Promise<void> {
  const outcome = isCancellation(error) ? 'cancelled' : 'failed'
  const message = error instanceof Error ? error.message : String(error)
  advance(state, { failure: { outcome, message } })
  const early = state.settings === undefined
  const registered = state.settings?.searchAttributes ?? (await registeredNow())
  if (early && typeof input.sync === 'string') setSearchAttributes(registered, { SflinkSync: input.sync })
  tagEnd(state, registered, outcome)
}

/** A run that failed before anything was settled was not told. */
function registeredNow(): Promise<readonly SearchAttribute[]> {
  return CancellationScope.nonCancellable(() => lookup.listSearchAttributes()).catch(() => [])
}
