// The files whose content records get. They are sent as they are: nothing is unpacked or decoded.
import { dirname, sep } from 'node:path'
import type { SourceSpec } from '../../packages/client/contract/sourceSpec.ts'
import type { StagedFile } from './contentCell.ts'
import { rejected, type SourceFileError, SourceUriError } from './errors.ts'
import { openS3Source, statS3Source } from './s3Source.ts'
import { openSourceFile, statSourceFile } from './sourceFile.ts'
import type { SourceBytes, SourcePlaces } from './sourceReader.ts'
import { kindOfSource, objectOfSource, pathOfSource } from './sourceUri.ts'

/** Opens the files that rows of a source name. */
export type ContentFiles = {
  /**
   * The file that a row names: a path relative to the directory of the source, or a `file:` or `s3:` URI.
   * Throws SourceFileError or SourceUriError when it cannot be sent, and SourceUnreachableError.
   */
  readonly find: (named: string, source: SourceSpec) => Promise<StagedFile>
  /** Its bytes, in parts. Throws the same, and SourceFileError of kind `changed` when it is not as it was found. */
  readonly read: (file: StagedFile, signal: AbortSignal) => AsyncGenerator<Uint8Array, void>
}

export function contentFiles(places: () => SourcePlaces): ContentFiles {
  return {
    find: (named, source) => find(uriOf(named, source, places()), places()),
    async *read(file, signal) {
      const { bytes, version, stream } = await open(file.uri, places(), signal)
      if (bytes === undefined) {
        throw rejected(file.uri, 'encoding', 'it is stored with Content-Encoding gzip', 'Store it without.')
      }
      const isOther = version !== undefined && inOneWord(version) !== file.version
      if (isOther || bytes !== file.bytes) throw changedFile(file, bytes)
      yield* stream()
    },
  }
}

const isS3 = (uri: string): boolean => kindOfSource(uri) === 's3'

async function find(uri: string, places: SourcePlaces): Promise<StagedFile> {
  const { bytes = 0, version = '' } = await (isS3(uri) ? statS3Source(uri, places) : statSourceFile(uri, places))
  return { bytes, version: inOneWord(version), uri }
}

/** A cell has it between blanks. */
const inOneWord = (version: string): string => version.replaceAll(' ', '_')

const open = (uri: string, places: SourcePlaces, signal: AbortSignal): Promise<SourceBytes> =>
  isS3(uri) ? openS3Source(uri, places, signal) : openSourceFile(uri, places, signal)

/** @param now bytes */
export const changedFile = ({ uri, bytes }: StagedFile, now: number): SourceFileError =>
  rejected(
    uri,
    'changed',
    `it was changed after the record was checked (${bytes} bytes before, ${now} after)`,
    'Load the record again when the file is written completely.',
  )

/** A scheme has at least two letters: `C:\\data` is a path. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i

function uriOf(named: string, source: SourceSpec, { baseDirectory }: SourcePlaces): string {
  if (/^file:/i.test(named)) return fileUri(pathOfSource(named, baseDirectory))
  if (isS3(named)) return objectUri(named)
  if (SCHEME.test(named)) throw new SourceUriError(named, 'only paths, file: and s3: are read', 'Download it first.')
  const of = 'uri' in source ? source.uri : ''
  if (isS3(of) && !named.startsWith('/')) return objectUri(`${of.slice(0, of.lastIndexOf('/') + 1)}${named}`)
  const isInFile = 'uri' in source && kindOfSource(of) === 'file'
  const directory = isInFile ? dirname(pathOfSource(of, baseDirectory)) : baseDirectory
  return fileUri(pathOfSource(`file:${named.split('/').map(encodeURIComponent).join('/')}`, directory))
}

function objectUri(uri: string): string {
  const { bucket, key } = objectOfSource(uri)
  return `s3://${bucket}/${key}`
}

const fileUri = (path: string): string => `file:${path.split(sep).map(encodeURIComponent).join('/')}`
