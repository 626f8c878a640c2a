// Where the bytes of a file are: on this machine, in S3, on a web server.
import { untilAborted } from '../http/deadline.ts'
import { rejected, SourceFileError, SourceUriError } from './errors.ts'
import { withoutGzip } from './gzipFile.ts'
import { openHttpSource, statHttpSource } from './httpSource.ts'
import { openS3Source, statS3Source } from './s3Source.ts'
import { openSourceFile, statSourceFile } from './sourceFile.ts'
import type { SourceBytes, SourcePlaces, SourceState } from './sourceReader.ts'
import { kindOfSource, type SourceKind } from './sourceUri.ts'

type Scheme = {
  readonly open: (uri: string, places: SourcePlaces, signal?: AbortSignal) => Promise<SourceBytes>
  readonly stat: (uri: string, places: SourcePlaces, signal?: AbortSignal) => Promise<SourceState>
}

const SCHEMES: Readonly<Record<Exclude<SourceKind, 'database'>, Scheme>> = {
  file: { open: openSourceFile, stat: statSourceFile },
  s3: { open: openS3Source, stat: statS3Source },
  http: { open: openHttpSource, stat: statHttpSource },
}

/** Throws SourceUriError for a database. */
function schemeOf(uri: string): Scheme {
  const kind = kindOfSource(uri)
  if (kind !== 'database') return SCHEMES[kind]
  throw new SourceUriError(uri, 'it is a database, and a file is needed here', 'Give the URI of a file.')
}

/** Opens the bytes of a source; a gzip file is unpacked. Reading throws SourceFileError when there are more than `maxSourceBytes`. */
export async function openBytes(uri: string, places: SourcePlaces, signal?: AbortSignal): Promise<SourceBytes> {
  const source = await schemeOf(uri).open(uri, places, signal)
  return { ...source, stream: () => limited(uri, withoutGzip(uri, source.stream()), places) }
}

/** The state of the bytes of one URI; undefined when they do not exist yet. Throws as `statSource` does. */
export async function statBytes(
  uri: string,
  places: SourcePlaces,
  signal?: AbortSignal,
): Promise<SourceState | undefined> {
  try {
    return await untilAborted(schemeOf(uri).stat(uri, places, signal), signal)
  } catch (error) {
    if (error instanceof SourceFileError && error.problem.kind === 'missing') return undefined
    throw error
  }
}

/** A small gzip file may unpack to more than the disk holds. */
export async function* limited(
  uri: string,
  bytes: AsyncIterable<Uint8Array>,
  { maxSourceBytes = Number.POSITIVE_INFINITY }: Pick<SourcePlaces, 'maxSourceBytes'>,
): AsyncGenerator<Uint8Array, void> {
  let read = 0
  for await (const chunk of bytes) {
    read += chunk.byteLength
    if (read > maxSourceBytes) {
      const advice = 'Split it, or raise maxSourceBytes in sflink.yaml.'
      throw rejected(uri, 'tooLarge', `it has more than ${maxSourceBytes} bytes, the most that is allowed`, advice)
    }
    yield chunk
  }
}
