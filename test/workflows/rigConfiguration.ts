import { join } from 'node:path'
import type { Configuration } from '../../workers/configFile.ts'

/** The configuration of a worker for tests: sources in `data`, the run store in `runs`. */
export function configurationIn(folder: string, connections: Configuration['connections']): Configuration {
  return {
    file: join(folder, 'sflink.yaml'),
    baseDirectory: folder,
    runStore: 'file:runs',
    dataDirectories: [join(folder, 'data')],
    connections,
    syncs: new Map(),
  }
}
