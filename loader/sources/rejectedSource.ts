import type { ServerProblem } from '../http/networkErrors.ts'
import { shownUri } from '../storage/uris.ts'
import { SourceFileError, SourceUnreachableError } from './errors.ts'

/** @param problem completes "it can't be opened:" */
export function rejected(
  uri: string,
  kind: string,
  problem: string,
  advice: string,
  allowed?: readonly string[],
): SourceFileError {
  const source = shownUri(uri)
  return new SourceFileError(`The source ${source} can't be opened: ${problem}. ${advice}`, {
    kind,
    source,
    problem,
    allowed,
  })
}

export function outside(uri: string, places: readonly string[]): SourceFileError {
  const allowed = places.length > 0 ? places.join(', ') : 'none'
  const advice = 'Put the file there, or add its directory to dataDirectories in sflink.yaml.'
  return rejected(uri, 'outside', `it is outside the data directories (allowed: ${allowed})`, advice, places)
}

/** An error of a server or the network: transient, or one that a person must fix. */
export function serverError(uri: string, { transient, code, reason, advice }: ServerProblem): Error {
  if (transient) return new SourceUnreachableError(shownUri(uri), `${reason} (${code}). ${advice}`)
  return rejected(uri, 'unreadable', `${reason} (${code})`, advice)
}
