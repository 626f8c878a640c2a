// Whether the run store can be written and prevents duplicates.

import type { Configuration } from '../../config/configuration.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { freeSpace, tryRunStores } from '../../loader/storage/tryRunStores.ts'
import type { WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import { fileSize } from '../columns.ts'
import { type Finding, warning, well, wrong } from './finding.ts'

const CHECK = 'Run store'

/** Bytes: a run of a million records takes about half of it. */
const LITTLE_SPACE = 1_000_000_000

/** Checks the run store from this machine, while no worker runs. */
export async function checkRunStore({ runStore, baseDirectory }: Configuration): Promise<Finding> {
  const stores = openRunStores(runStore, baseDirectory)
  const problem = await tryRunStores(stores)
  const free = await freeSpace(stores)
  return storeFinding({
    location: stores.location,
    ...(free === undefined ? {} : { free }),
    ...(problem === undefined ? {} : { error: problem }),
  })
}

/** The run store as the worker has tested it. */
export function workersRunStore(
  { runStore: worker }: WorkerCheck,
  { runStore, baseDirectory, file }: Configuration,
): Finding {
  const found = storeFinding(worker)
  const { location } = openRunStores(runStore, baseDirectory)
  if (found.state === 'wrong' || location === worker.location) return found
  return warning(
    CHECK,
    `the worker uses ${worker.location}, but ${file} names ${location}, which sflink runs and sync results read; make both the same`,
  )
}

function storeFinding({ location, free, error }: WorkerCheck['runStore']): Finding {
  if (error !== undefined)
    return wrong(CHECK, error.includes(location) ? error : `${location}: ${error}; set runStore to another location`)
  if (free === undefined) return well(CHECK, `${location} can be written`)
  const space = `${fileSize(free)} free`
  if (free >= LITTLE_SPACE) return well(CHECK, `${location} can be written, ${space}`)
  return warning(
    CHECK,
    `${location}: ${space}; free some space, remove old runs (retention: 90d), or set runStore to a larger disk`,
  )
}
