// What identifies a run in Temporal's lists, while it runs and after: search attributes and memo.
import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import type { RunSettings } from '../../activities/runSettings.ts'
import {
  type SearchAttribute,
  type SearchValues,
  searchPairs,
} from '../../packages/client/contract/searchAttributes.ts'
import { endedRun, type RunState } from '../runState.ts'
import { type EndedRun, nextStepLine, nextSteps } from './nextSteps.ts'

/** Sets the tags known once the org is known: what is loaded, and into which org. */
export function tagBegin(runId: string, settings: Omit<RunSettings, 'searched'>): void {
  if (workflowInfo().memo?.['runId'] !== runId) upsertMemo({ runId })
  setSearchAttributes(settings.searchAttributes, valuesOf(settings))
}

/**
 * Sets the outcome, the counts, the locations of the files and what to do next.
 * @param registered the search attributes of the namespace
 * @param given the sync that the input names, for a run that failed before its settings were known
 */
export function tagEnd(
  state: RunState,
  registered: readonly SearchAttribute[],
  outcome: EndedRun['outcome'],
  { sync }: { readonly sync?: string },
): void {
  const { runId, settings, report, planned } = state
  const early = sync === undefined ? {} : { SflinkSync: sync }
  setSearchAttributes(registered, { ...(settings === undefined ? early : valuesOf(settings)), SflinkOutcome: outcome })
  const counts = report === undefined ? {} : { records: report.records, ...report.tally, files: report.files }
  const plan = planned === undefined ? {} : { records: planned.records, ...planned.verdicts, files: planned.files }
  const next = nextSteps(endedRun(state, outcome)).map(nextStepLine)
  upsertMemo({ runId, outcome, ...counts, ...plan, ...(next.length === 0 ? {} : { next }) })
}

const valuesOf = ({ searchValues, org }: Omit<RunSettings, 'searched'>): SearchValues => ({
  ...searchValues,
  ...(org === undefined ? {} : { SflinkOrg: org }),
})

/** Sets the values that have changed, of attributes that the namespace has. */
export function setSearchAttributes(registered: readonly SearchAttribute[], values: SearchValues): void {
  const known = workflowInfo().typedSearchAttributes
  const pairs = searchPairs(registered, values).filter(({ key, value }) => known.get(key) !== value)
  if (pairs.length > 0) upsertSearchAttributes(pairs)
}
