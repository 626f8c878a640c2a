import type { SyncRecordsInput } from '../../packages/client/contract/messages.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { Dependencies } from '../dependencies.ts'
import { PLAN_FILE, SPEC_FILE } from '../protocol/layout.ts'
import { readJsonIfThere } from '../protocol/runRecords.ts'
import { overridesTo } from '../spec/overriddenSpec.ts'
import { readCallList } from './callClaims.ts'

export type RecallRunInput = { readonly sync: string; readonly runId: string }

/** What a run made of calls begins or goes on with. */
export type RecalledRun = Required<Pick<SyncRecordsInput, 'sync' | 'runId' | 'spec' | 'inlineResults'>>

/**
 * The input of a run made of calls. One that was planned keeps its spec, whatever the configuration says now; one that was not,
 * since its spec can't be used in the org perhaps, begins anew by what it says now.
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
