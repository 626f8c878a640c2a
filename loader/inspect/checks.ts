import type { CheckSyncInput, SyncCheck, WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { planInOrg } from '../plan/plan.ts'
import { unknownSync } from '../runs/prepareRun.ts'
import { rejectForbiddenSync } from '../spec/callerRules.ts'
import type { Dependencies, Step } from '../step.ts'
import { freeSpace, tryRunStores } from '../storage/tryRunStores.ts'

/** Validates a sync of the configuration against its org, as a run does before it reads its source. Writes nothing. */
export async function checkSync(
  { sync, syncNames, allow, connection }: Pick<Dependencies, 'sync' | 'syncNames' | 'allow' | 'connection'>,
  input: CheckSyncInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<SyncCheck> {
  const spec = sync(input.sync)
  if (spec === undefined) throw unknownSync(input.sync, syncNames)
  rejectForbiddenSync(allow, input.sync)
  const { plan } = await planInOrg(connection(spec.connection), spec, signal)
  const { object, operations, fields, warnings } = plan
  return { sync: input.sync, connection: spec.connection, object, operations, fields: fields.length, warnings }
}

/** Tests the run store of this worker and returns its facts. */
export async function checkWorker({
  runStores,
  configurationState,
}: Pick<Dependencies, 'runStores' | 'configurationState'>): Promise<WorkerCheck> {
  const problem = await tryRunStores(runStores).catch((error: Error) => error.message)
  const free = await freeSpace(runStores)
  const runStore = { location: runStores.location, ...present({ free, error: problem }) }
  return { configuration: configurationState(), runStore, now: Date.now() }
}
