import { join } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import { parseSyncSpec } from '../../loader/spec/parseSyncSpec.ts'
import type { SyncSpecInput } from '../../packages/client/contract/syncSpec.ts'

/** Syncs as in sflink.yaml. */
export type RigSyncs = Readonly<Record<string, SyncSpecInput>>

/** Locations of its files and databases, how long files are kept, and what callers may load. @default the rig's folder, none, forever, anything */
export type RigPlaces = Partial<
  Pick<Configuration, 'runStore' | 'dataDirectories' | 'databases' | 'retention' | 'allow' | 'flows'>
>

/** The configuration of a worker for tests: sources in `data`, the run store in `runs`. */
export function configurationIn(
  folder: string,
  connections: Configuration['connections'],
  syncs: RigSyncs = {},
  notifications: Configuration['notifications'] = () => undefined,
): Configuration {
  return {
    file: join(folder, 'sflink.yaml'),
    files: [],
    baseDirectory: folder,
    runStore: 'file:runs',
    dataDirectories: [join(folder, 'data')],
    maxSourceBytes: 20_000_000_000,
    connections,
    syncs: new Map(Object.entries(syncs).map(([name, given]) => [name, parsed(given)])),
    flows: new Map(),
    schedules: new Map(),
    notifications,
    databases: new Map(),
    encryptionKeys: [],
  }
}

function parsed(given: SyncSpecInput) {
  const result = parseSyncSpec(given)
  if (!result.ok) throw new Error(`The rig's sync: ${JSON.stringify(result.problems)}`)
  return result.spec
}
