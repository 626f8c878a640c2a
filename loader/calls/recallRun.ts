import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { PLAN_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { readJsonIfThere } from '../protocol/runRecords.ts'
import { overridesTo } from '../spec/parseSyncSpec.ts'
import type { Dependencies } from '../step.ts'
import { readCallList } from './callClaims.ts'

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
  // One call's rejected records are no reason to leave another's unsent.
  const fresh = { source: { inline }, maxRejected: null }
  return { sync, runId, spec: spec === undefined ? fresh : overridesTo(spec), inlineResults: true }
}
