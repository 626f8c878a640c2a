import { readdir, rm } from 'node:fs/promises'
import { systemCode } from '../http/networkErrors.ts'
import { syncDirectory } from './durableFiles.ts'
import { RunStoreError } from './errors.ts'
import { openFileRunStore } from './fileRunStore.ts'
import { isRunId } from './runPaths.ts'
import type { RunStores } from './runStore.ts'

/**
 * All runs in a directory of this machine, one directory for each.
 * @param root absolute path
 */
export function openFileRunStores(root: string): RunStores {
  return {
    location: root,
    open: runId => openFileRunStore(root, runId),
    runIds: () => runIdsIn(root),
    removeRun: runId => removeRun(root, runId),
  }
}

async function* runIdsIn(root: string): AsyncGenerator<string, void> {
  const names = await directoriesIn(root)
  for (const name of names.toSorted(byBytes)) if (isRunId(name)) yield name
}

async function directoriesIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw new RunStoreError('Listing', root, 'the runs', error)
  }
}

async function removeRun(root: string, runId: string): Promise<void> {
  const { location } = openFileRunStore(root, runId)
  try {
    await rm(location, { recursive: true, force: true })
    await syncDirectory(root)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw new RunStoreError('Removing', root, `the run ${runId}`, error)
  }
}

/** Sorts as S3 lists keys: by UTF-8 bytes. JavaScript sorts by UTF-16 units. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
