import type { OpenedSource, SourceRecord } from '../../packages/client/contract/sourceSpec.ts'
import { readCellBatches } from '../csv/cellBatches.ts'
import { SourceEmptyError } from '../csv/errors.ts'
import { untilAborted } from '../http/deadline.ts'
import { readCsv } from './csv.ts'
import { checkHeader } from './csvHeader.ts'
import { rejected, SourceFileError } from './errors.ts'
import { openHttpSource, statHttpSource } from './httpSource.ts'
import { openS3Source, statS3Source } from './s3Source.ts'
import { openSourceFile, statSourceFile } from './sourceFile.ts'
import type { SourceBytes, SourcePlaces, SourceReader, SourceState } from './sourceReader.ts'
import { kindOfSource, type SourceKind } from './sourceUri.ts'

export type { SourceReader } from './sourceReader.ts'

export type SourceOpening = SourcePlaces & {
  /**
   * Receives the bytes of the source in order as they are read, to store a copy; reading waits for it. It has received all bytes
   * when all batches are read. Inline records are passed as CSV: UTF-8, commas.
   */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>
  /** Ends every read. */
  readonly signal?: AbortSignal
}

/** Opens a source and reads its header. Throws a SourceError when it can't be used. */
export async function openSource(source: OpenedSource, opening: SourceOpening): Promise<SourceReader> {
  const { onBytes, signal, maxSourceBytes = Number.POSITIVE_INFINITY } = opening
  if ('inline' in source) return await openInline(source.inline, onBytes)
  const { description, stream } = await schemeOf(source.uri).open(source.uri, opening, signal)
  const bytes = limited(source.uri, stream(), maxSourceBytes)
  const { delimiter, encoding } = source
  return await readCsv(onBytes ? tee(bytes, onBytes) : bytes, {
    description,
    delimiter,
    encoding,
    skipEmptyRows: true,
  })
}

/** A small gzip file may unpack to more than the disk holds. */
async function* limited(
  uri: string,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let read = 0
  for await (const chunk of bytes) {
    read += chunk.byteLength
    if (read > maxBytes) {
      const advice = 'Split it, or raise maxSourceBytes in sflink.yaml.'
      throw rejected(uri, 'tooLarge', `it has more than ${maxBytes} bytes, the most that is allowed`, advice)
    }
    yield chunk
  }
}

async function* tee(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    await onBytes(chunk)
    yield chunk
  }
}

type Scheme = {
  readonly open: (uri: string, places: SourcePlaces, signal?: AbortSignal) => Promise<SourceBytes>
  readonly stat: (uri: string, places: SourcePlaces, signal?: AbortSignal) => Promise<SourceState>
}

const SCHEMES: Readonly<Record<SourceKind, Scheme>> = {
  file: { open: openSourceFile, stat: statSourceFile },
  s3: { open: openS3Source, stat: statS3Source },
  http: { open: openHttpSource, stat: statHttpSource },
}

const schemeOf = (uri: string): Scheme => SCHEMES[kindOfSource(uri)]

/**
 * Reads the state of a source without its content; undefined when it does not exist yet.
 * Two polls with a different `version` mean that the source is still being written.
 * Throws SourceFileError when it may not be read, or is outside the data directories; SourceUnreachableError when its server does not answer.
 */
export async function statSource(
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

const DESCRIPTION = 'inline'

/**
 * Reads records given in the workflow's input, as the CSV that a copy of them is. The header has all their columns in order of first
 * occurrence; a column that a record does not have is blank. Throws SourceEmptyError or SourceHeaderError.
 */
async function openInline(records: readonly SourceRecord[], onBytes: SourceOpening['onBytes']): Promise<SourceReader> {
  const { columns, rows } = tableOf(records)
  const header = columns.map(column => column.trim())
  if (header.length === 0) throw new SourceEmptyError(DESCRIPTION, 'no record has a column. Give at least one record.')
  checkHeader(DESCRIPTION, header)
  const csv = Buffer.from(asCsv(rows))
  await onBytes?.(Buffer.concat([Buffer.from(asCsv([columns])), csv]))
  const dialect = { source: DESCRIPTION, delimiter: ',', reportsEscapes: false }
  const batches = readCellBatches(noBlocks(), csv, 1, dialect)
  return { description: DESCRIPTION, header, batches, close: async () => undefined }
}

async function* noBlocks(): AsyncGenerator<Uint8Array, void> {}

/** CSV with commas, every value quoted, so that reading it gives the very same records. */
const asCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map(cells => `${cells.map(cell => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`).join('')

function tableOf(records: readonly SourceRecord[]) {
  const columns = [...new Set(records.flatMap(record => Object.keys(record)))]
  const rows = records.map(record =>
    columns.map(column => (Object.hasOwn(record, column) ? (record[column] ?? '') : '')),
  )
  return { columns, rows }
}
