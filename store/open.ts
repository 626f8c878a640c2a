import { pathOfFileUri } from '../places/fileUri.ts'
import { RunStoreUriError } from './errors.ts'
import { openFileRunStores } from './fileRunStores.ts'
import type { RunStores } from './runStores.ts'

const ALLOWED = 'Allowed: file:runs, relative to sflink.yaml, or file:/an/absolute/path'

/**
 * Opens the run store that `runStore` in the configuration names: `file:runs`, relative to the base directory, or
 * `file:///srv/runs`. Throws RunStoreUriError when it can't be.
 */
export function openRunStores(uri: string, baseDirectory: string): RunStores {
  if (/^s3:/i.test(uri)) throw new RunStoreUriError(uri, `S3 is not available yet. ${ALLOWED}`)
  const named = pathOfFileUri(uri, baseDirectory)
  if ('fault' in named) throw new RunStoreUriError(uri, `${named.fault}. ${ALLOWED}`)
  return openFileRunStores(named.path)
}
