import { SourceError } from '../csv/errors.ts'
import type { ServerProblem } from '../http/networkErrors.ts'
import { shownUri } from '../storage/uris.ts'

/** Thrown when the file of a source is missing, not allowed, unreadable, or not a plain file. */
export class SourceFileError extends SourceError {
  override readonly name = 'SourceFileError' as const
  readonly kind = 'fatal' as const
}

/** Thrown when a URI is not one that a source can have. */
export class SourceUriError extends SourceError {
  override readonly name = 'SourceUriError' as const
  readonly kind = 'usage' as const

  constructor(source: string, problem: string, advice: string) {
    const facts = { kind: 'uri', source, problem }
    super(`The source ${source} can't be opened: ${problem}. ${advice}`, facts)
  }
}

/** Thrown when the server of a source can't be reached, or closed the connection early. Retried: unlike the other errors, it is transient. */
export class SourceUnreachableError extends SourceError {
  override readonly name = 'SourceUnreachableError' as const
  readonly kind = 'transient' as const

  constructor(source: string, reason: string) {
    super(`The source ${source} can't be read now: ${reason}`, { kind: 'unreachable', source, reason })
  }
}

/** Thrown when a source is not text, such as an Excel workbook. */
export class SourceNotTextError extends SourceError {
  override readonly name = 'SourceNotTextError' as const
  readonly kind = 'fatal' as const

  /** @param expected the text that the source is read as */
  constructor(source: string, looksLike: string, advice: string, expected: string) {
    const facts = { kind: 'notText', source, looksLike }
    super(`The source ${source} is not ${expected} text: it looks like ${looksLike}. ${advice}`, facts)
  }
}

export type EncodingProblem = {
  /** The encoding the source was read in. */
  readonly encoding: string
  /** Whether nothing but the bytes names the encoding. */
  readonly isGuess?: boolean
  /** 0-based place of the first wrong byte in the file; absent where characters have several bytes. */
  readonly byte?: number
  /** 1-based. */
  readonly line: number
  readonly problem: string
}

/** Thrown when bytes are not valid text in the encoding given or detected. They are never replaced silently. */
export class SourceEncodingError extends SourceError {
  override readonly name = 'SourceEncodingError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, { encoding, isGuess = false, byte, line, problem }: EncodingProblem) {
    const advice =
      encoding === 'utf-8'
        ? 'set encoding: windows-1252 beside its uri if that is how it was written'
        : 'set encoding beside its uri to the one in which it was written, such as windows-1250, shift_jis or macintosh'
    const read = isGuess ? `utf-8, nor as ${encoding}` : encoding
    const place = byte === undefined ? `in line ${line}` : `at byte ${byte} (line ${line})`
    super(`The source ${source} can't be read as ${read}: ${place} ${problem}. Save it as UTF-8, or ${advice}.`, {
      kind: 'encoding',
      source,
      encoding,
      byte,
      line,
      problem,
    })
  }
}

/** Thrown when the header of a source can't be read, or names columns that would make a mapping ambiguous. */
export class SourceHeaderError extends SourceError {
  override readonly name = 'SourceHeaderError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, problem: string, advice: string) {
    super(`The header of the source ${source} can't be used: ${problem}. ${advice}`, {
      kind: 'header',
      source,
      problem,
    })
  }
}

/** Thrown when a row is not whole and what reads it cannot reject it alone. */
export class SourceRowError extends SourceError {
  override readonly name = 'SourceRowError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, row: number, problem: string, advice: string) {
    super(`Row ${row} of the source ${source} can't be read: ${problem}. ${advice}`, {
      kind: 'row',
      source,
      row,
      problem,
    })
  }
}

/** Thrown when an option of a source or inline records are out of bounds. */
export class SourceOptionError extends SourceError {
  override readonly name = 'SourceOptionError' as const
  readonly kind = 'usage' as const
}

/** @param problem completes "it can't be opened:" */
export function rejected(
  uri: string,
  kind: string,
  problem: string,
  advice: string,
  allowed?: readonly string[],
): SourceFileError {
  const facts = { kind, source: shownUri(uri), problem, allowed }
  return new SourceFileError(`The source ${facts.source} can't be opened: ${problem}. ${advice}`, facts)
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
