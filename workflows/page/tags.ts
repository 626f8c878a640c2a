// What a run is found by and recognized from in Temporal's lists, while it runs and after: search attributes and memo.
import { CancellationScope, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import type { RunSettings } from '../../activities/runSettings.ts'
import type { RunOutcome } from '../../packages/client/contract/runReport.ts'
import {
  type SearchAttribute,
  type SearchValues,
  searchPairs,
} from '../../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import { LIST_ATTRIBUTES, stepsUnder } from '../policies.ts'
import type { RunState } from '../runState.ts'

type Settings = Omit<RunSettings, 'findsIds'>

/** Tags a run whose org is known: what is loaded, and where to. */
export function tagBegin(runId: string, settings: Settings): void {
  if (workflowInfo().memo?.['runId'] !== runId) upsertMemo({ runId })
  setSearchAttributes(settings.searchAttributes, valuesOf(settings))
}

/** Tags an ended run: outcome, counts, and where its files are. Never rejects. */
export async function tagEnd(
  { runId, settings, report }: RunState,
  input: SyncRecordsInput,
  outcome: RunOutcome,
): Promise<void> {
  // A run that failed before it was prepared does not know them.
  const registered = settings?.searchAttributes ?? (await registeredNow())
  const { sync } = input
  const values = settings === undefined ? (typeof sync === 'string' ? { SflinkSync: sync } : {}) : valuesOf(settings)
  setSearchAttributes(registered, { ...values, SflinkOutcome: outcome })
  const counts = report === undefined ? {} : { records: report.records, ...report.tally, files: report.files }
  upsertMemo({ runId, outcome, ...counts })
}

function valuesOf({ searchValues, org }: Settings): SearchValues {
  return { ...searchValues, ...(org === undefined ? {} : { SflinkOrg: org }) }
}

/** Sets the attributes that the namespace has and that do not have this value yet. */
function setSearchAttributes(registered: readonly SearchAttribute[], values: SearchValues): void {
  const known = workflowInfo().typedSearchAttributes
  const pairs = searchPairs(registered, values).filter(({ key, value }) => known.get(key) !== value)
  if (pairs.length > 0) upsertSearchAttributes(pairs)
}

function registeredNow(): Promise<readonly SearchAttribute[]> {
  const steps = stepsUnder(LIST_ATTRIBUTES, 'list the registered search attributes')
  return CancellationScope.nonCancellable(() => steps.listSearchAttributes()).catch(() => [])
}
