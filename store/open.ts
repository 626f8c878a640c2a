import { resolve } from 'node:path'
import { RunStoreUriError } from './errors.ts'
import { openFileRunStore } from './fileRunStore.ts'
import type { RunStore } from './runStore.ts'

const ALLOWED = 'Allowed: file:runs, relative to sflink.yaml, or file:/an/absolute/path'

/**
 * Opens the run store that `runStore` in the configuration names: `file:runs`, relative to the base directory, or
 * `file:///srv/runs`. Throws RunStoreUriError when it can't be; the function it returns throws RunIdError.
 */
export function openRunStores(uri: string, baseDirectory: string): (runId: string) => RunStore {
  if (/^s3:/i.test(uri)) throw new RunStoreUriError(uri, `S3 is not available yet. ${ALLOWED}`)
  // A host other than this machine has no path here: `file://server/share` is refused, `file:///srv` is not.
  const [, path] = /^file:(?:\/\/(?:localhost)?(?=\/))?((?!\/\/).+)$/i.exec(uri) ?? []
  if (path === undefined) throw new RunStoreUriError(uri, `it is no file: URI of this machine. ${ALLOWED}`)
  const root = resolve(baseDirectory, decoded(uri, path))
  return runId => openFileRunStore(root, runId)
}

function decoded(uri: string, path: string): string {
  if (/%00|\0/.test(path)) throw new RunStoreUriError(uri, `it holds a NUL character. ${ALLOWED}`)
  try {
    return decodeURIComponent(path)
  } catch {
    throw new RunStoreUriError(uri, `it holds a "%" that begins no %xx escape. ${ALLOWED}`)
  }
}
