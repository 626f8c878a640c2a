import { RunStoreUriError } from './errors.ts'
import { openFileRunStores } from './fileRunStore.ts'
import type { RunStores } from './runStore.ts'
import { type S3Access, s3Access } from './s3Client.ts'
import { openS3RunStores } from './s3RunStore.ts'
import { pathOfFileUri, placeOfS3Uri, shownUri } from './uris.ts'

const ALLOWED =
  'Allowed: file:runs, relative to sflink.yaml, file:/an/absolute/path, or s3://bucket/prefix for workers on many machines'

/**
 * Opens the run store that `runStore` in the configuration names: `file:runs`, relative to the base directory,
 * `file:///srv/runs` or `s3://bucket/prefix`. Throws RunStoreUriError when the URI can't be used.
 */
export function openRunStores(uri: string, baseDirectory: string, s3: S3Access = s3Access()): RunStores {
  const isS3 = /^s3:/i.test(uri)
  const named = isS3 ? placeOfS3Uri(uri) : pathOfFileUri(uri, baseDirectory)
  if ('problem' in named) throw new RunStoreUriError(shownUri(uri), `${named.problem}. ${ALLOWED}`)
  return 'bucket' in named ? openS3RunStores(named, s3) : openFileRunStores(named.path)
}
