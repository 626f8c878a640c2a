import { isAbsolute, resolve } from 'node:path'
import { placeOfS3Uri } from '../storage/uris.ts'
import { httpPlaceProblem } from './sourceUri.ts'

/** A scheme has at least two letters: `C:\\data` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i

/** Whether a data directory is on this machine, not in a bucket or on a web server. */
export function isLocal(directory: string): boolean {
  return isAbsolute(directory) || !SCHEME.test(directory)
}

/** Paths become absolute; `s3:` and `https:` stay unchanged. */
export function resolvedDataDirectory(directory: string, baseDirectory: string): string {
  return isLocal(directory) ? resolve(baseDirectory, directory) : directory
}

/** What is wrong with a data directory as written; undefined when nothing is. Completes "'…' ". */
export function dataDirectoryProblem(directory: string): string | undefined {
  if (isLocal(directory)) return undefined
  const scheme = SCHEME.exec(directory)?.[1]?.toLowerCase()
  if (scheme === 's3') {
    const place = placeOfS3Uri(directory)
    return 'problem' in place
      ? `is not a valid data directory: ${place.problem}; write it like s3://bucket/prefix`
      : undefined
  }
  if (scheme === 'https' || scheme === 'http') {
    const problem = httpPlaceProblem(directory)
    return problem === undefined
      ? undefined
      : `is not a valid data directory: ${problem}; write it like https://files.acme.com/exports/`
  }
  if (scheme === 'file') return 'is not a valid data directory: write the path without file:, like data'
  return `is not a valid data directory: the scheme ${scheme}: is not supported; write a directory, s3://bucket/prefix or https://host/path/`
}
