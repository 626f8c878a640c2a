import { RunStoreUriError } from './errors.ts'
import { openFileRunStore } from './fileRunStore.ts'
import { pathOfFileUri } from './fileUri.ts'
import type { RunStore } from './runStore.ts'

/**
 * Opens the run store that `runStore` in the configuration names: `file:runs`, relative to the base directory.
 * Throws RunStoreUriError when it can't be; the function it returns throws RunIdError.
 */
export function openRunStores(uri: string, baseDirectory: string): (runId: string) => RunStore {
  if (/^s3:/i.test(uri)) {
    throw new RunStoreUriError(uri, 's3: is not available yet; set runStore in sflink.yaml to file:runs')
  }
  const place = pathOfFileUri(uri, baseDirectory)
  if ('fault' in place) throw new RunStoreUriError(uri, `${place.fault}, for example file:runs`)
  return runId => openFileRunStore(place.path, runId)
}
