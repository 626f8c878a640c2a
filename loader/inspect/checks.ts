import type {
  CheckSyncInput,
  DatabaseCheck,
  SyncCheck,
  WorkerCheck,
} from '../../packages/client/contract/maintenance.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { planInOrg } from '../plan/plan.ts'
import { unknownSync } from '../runs/prepareRun.ts'
import type { DatabaseSettings } from '../sources/postgres/databaseSettings.ts'
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

/** Tests the run store and the databases of this worker and returns their facts. */
export async function checkWorker({
  runStores,
  configurationState,
  databases,
}: Pick<Dependencies, 'runStores' | 'configurationState' | 'databases'>): Promise<WorkerCheck> {
  const problem = await tryRunStores(runStores).catch((error: Error) => error.message)
  const free = await freeSpace(runStores)
  const runStore = { location: runStores.location, ...present({ free, error: problem }) }
  const checked = await Promise.all([...databases.values()].map(checkDatabase))
  return { configuration: configurationState(), runStore, databases: checked, now: Date.now() }
}

/** Milliseconds: the person who asks waits for the answer. */
const LONGEST_LOGIN = 10_000

async function checkDatabase(settings: DatabaseSettings): Promise<DatabaseCheck> {
  const { name, connectTimeout } = settings
  const { testDatabase } = await import('../sources/postgres/readDatabase.ts')
  try {
    return {
      name,
      server: await testDatabase({ ...settings, connectTimeout: Math.min(connectTimeout, LONGEST_LOGIN) }),
    }
  } catch (error) {
    return { name, error: error instanceof Error ? error.message : String(error) }
  }
}
