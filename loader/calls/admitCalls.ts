import type { AddRecordsAnswer, AddRecordsInput } from '../../packages/client/contract/receiveRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { PLAN_FILE, REPORT_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { readJsonIfThere } from '../protocol/runRecords.ts'
import { unknownSync } from '../runs/prepareRun.ts'
import { rejectForbiddenRun } from '../spec/callerRules.ts'
import { OF_A_WHOLE_SOURCE } from '../spec/earlierRun.ts'
import { overridesTo } from '../spec/parseSyncSpec.ts'
import type { Dependencies } from '../step.ts'
import { CallClaims, type CallPlace, keepCallList, readCallList } from './callClaims.ts'
import { answerIn, type CallInRun, composeRun } from './composeRun.ts'

export type AdmitCallsInput = {
  readonly sync: string
  /** The run that will load them; it has not started. */
  readonly runId: string
  /** Epoch milliseconds. */
  readonly at: number
  /** In the order of arrival; together at most 200 records. */
  readonly calls: readonly AddRecordsInput[]
}

export type AdmittedCalls = {
  /** They make up the new run. */
  readonly admitted: readonly CallInRun[]
  /** Ids of those that wait for the next run. */
  readonly later: readonly string[]
  /** Made before, and loaded: this is the first answer. */
  readonly answered: readonly { readonly id: string; readonly answer: AddRecordsAnswer }[]
  /** Made before, in a run that has not ended. */
  readonly unfinished: readonly CallInRun[]
  /** Ids that belong to calls with other records. */
  readonly taken: readonly string[]
  /** Loaded before, by runs whose results were removed since. */
  readonly removed: readonly { readonly id: string; readonly runId: string }[]
}

/** Finds out which calls were made before, and stores which of the new ones make up the next run. */
export async function admitCalls(
  {
    runStore,
    runStores,
    sync,
    syncNames,
    allow,
  }: Pick<Dependencies, 'runStore' | 'runStores' | 'sync' | 'syncNames' | 'allow'>,
  { calls, ...run }: AdmitCallsInput,
): Promise<AdmittedCalls> {
  const spec = sync(run.sync)
  if (spec === undefined) throw unknownSync(run.sync, syncNames)
  rejectForbiddenRun(allow, { name: run.sync, sync: spec, spec: { ...spec, source: { inline: [] } } })
  const claims = new CallClaims(runStores, run)
  const places = new Map<string, CallPlace>()
  for (const call of calls) places.set(call.id, await claims.placeOf(call))
  const isNew = ({ id }: AddRecordsInput) => ['free', 'claimed'].includes(places.get(id)?.kind ?? '')
  const { together, later } = composeRun(calls.filter(isNew), spec)
  // An earlier attempt may have written the list: then that list counts.
  const written = await readCallList(runStore(run.runId))
  for (const call of written === undefined ? together : []) {
    const place = places.get(call.id)
    if (place?.kind === 'free') places.set(call.id, await claims.claim(call, place))
  }
  const mine = together.filter(({ id }) => places.get(id)?.kind === 'claimed')
  const list = written ?? (mine.length === 0 ? { calls: [] } : await keepCallList(runStore(run.runId), { calls: mine }))
  const others = [...places].flatMap(([id, place]) =>
    place.kind === 'placed' && place.runId !== run.runId ? [inRun(id, place)] : [],
  )
  const answers = await Promise.all(others.map(other => answerOf(runStore, other)))
  const admitted = list.calls.map(({ id }) => inRun(id, { runId: run.runId, list }))
  return {
    admitted,
    later: [...together, ...later].flatMap(({ id }) => (isLeft(id, places, admitted) ? [id] : [])),
    answered: others.flatMap(({ id }, index) => {
      const answer = answers[index]
      return answer === undefined ? [] : [{ id, answer }]
    }),
    unfinished: others.filter((_, index) => answers[index] === undefined),
    removed: [...places].flatMap(([id, place]) => (place.kind === 'removed' ? [{ id, runId: place.runId }] : [])),
    taken: [...places].flatMap(([id, { kind }]) => (kind === 'other' ? [id] : [])),
  }
}

function isLeft(id: string, places: ReadonlyMap<string, CallPlace>, admitted: readonly CallInRun[]): boolean {
  const kind = places.get(id)?.kind
  return (kind === 'free' || kind === 'claimed') && !admitted.some(call => call.id === id)
}

function inRun(id: string, { runId, list }: Pick<CallPlace & { kind: 'placed' }, 'runId' | 'list'>): CallInRun {
  const position = list.calls.findIndex(call => call.id === id)
  const before = list.calls.slice(0, position).reduce((sum, { records }) => sum + records.length, 0)
  return { id, runId, firstRow: before + 1, records: list.calls[position]?.records.length ?? 0 }
}

/** undefined when the run has not come to its end. */
async function answerOf(runStore: Dependencies['runStore'], call: CallInRun): Promise<AddRecordsAnswer | undefined> {
  const report = await readJsonIfThere<RunReport>(runStore(call.runId), REPORT_FILE)
  return report === undefined ? undefined : answerIn(report, call)
}

export type RecallRunInput = { readonly sync: string; readonly runId: string }

/** The input with which a run of calls starts or resumes. */
export type RecalledRun = Required<Pick<SyncRecordsInput, 'sync' | 'runId' | 'spec' | 'inlineResults'>>

/**
 * Returns the input of a run of calls. A planned run keeps its spec, whatever the configuration says now. A run that was not planned
 * takes the spec of the current configuration.
 */
export async function recallRun(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { sync, runId }: RecallRunInput,
): Promise<RecalledRun> {
  const store = runStore(runId)
  if ((await store.size(PLAN_FILE)) === undefined) await store.remove(SPEC_FILE)
  const spec = await readJsonIfThere<SyncSpec>(store, SPEC_FILE)
  const list = await readCallList(store)
  const inline = list?.calls.flatMap(({ records }) => records) ?? []
  // Rejected records of one call must not stop the records of another.
  const fresh = { ...Object.fromEntries(OF_A_WHOLE_SOURCE.map(key => [key, null])), source: { inline } }
  return { sync, runId, spec: spec === undefined ? fresh : overridesTo(spec), inlineResults: true }
}
