import type { OpenedExternal, OpenedSource, SourceRecord } from '../../packages/client/contract/sourceSpec.ts'
import { readCellBatches } from '../csv/cellBatches.ts'
import { SourceEmptyError } from '../csv/errors.ts'
import { readOwnCells } from '../csv/ownCsv.ts'
import { readCsv } from './csv.ts'
import { checkHeader } from './csvHeader.ts'
import { withoutEmptyRows } from './emptyRows.ts'
import { matchingUris, statPattern } from './filePattern.ts'
import { isJoined, tableOpener } from './formats.ts'
import { joinedTable } from './joinedTable.ts'
import { limited, openBytes, statBytes } from './schemes.ts'
import type { SourceOpening, SourcePlaces, SourceReader, SourceState, SourceTable } from './sourceReader.ts'
import { isPattern, kindOfSource } from './sourceUri.ts'

/** Opens a source and reads its header. Throws a SourceError when it can't be used. */
export async function openSource(source: OpenedSource, opening: SourceOpening): Promise<SourceReader> {
  const { onBytes, ...others } = opening
  if ('inline' in source) return await openInline(source.inline, onBytes)
  const { sql } = source
  if (sql !== undefined) {
    const { openSqlTable } = await import('./duckdb/sqlTable.ts')
    const table = await openSqlTable({ ...source, sql }, opening, one => openSource(one, others))
    return await readTable(source.uri, table, opening)
  }
  if (isJoined(source)) {
    const uris = await matchingUris(source.uri, opening)
    return await readTable(
      source.uri,
      joinedTable(source, uris, one => openSource(one, others)),
      opening,
    )
  }
  const open = tableOpener(source)
  if (open !== undefined) return await readTable(source.uri, await open(source, opening), opening)
  const { description, stream } = await openBytes(source.uri, opening, opening.signal)
  const { delimiter, encoding } = source
  const bytes = onBytes ? tee(stream(), onBytes) : stream()
  return await readCsv(bytes, { description, delimiter, encoding, skipEmptyRows: true })
}

/** Reads a table as the CSV that it is rendered as. A row without a value is passed over, as in files of spreadsheets. */
async function readTable(uri: string, table: SourceTable, opening: SourceOpening): Promise<SourceReader> {
  try {
    const bytes = limited(uri, table.csv(), opening)
    const cells = await readOwnCells(table.description, opening.onBytes ? tee(bytes, opening.onBytes) : bytes)
    const { description, header } = cells
    const empty = { rows: 0 }
    return {
      description,
      header,
      batches: withoutEmptyRows(cells.batches, header.length, empty),
      reading: () => {
        const reading = table.reading()
        return { ...reading, emptyRows: (reading.emptyRows ?? 0) + empty.rows }
      },
      close: async () => {
        await cells.close()
        await table.close()
      },
    }
  } catch (error) {
    await table.close()
    throw error
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

/**
 * Reads the state of a source without its content; undefined when it does not exist yet.
 * A database exists when its query has a row. Two polls with a different `version` mean that the source is still being written.
 * Throws SourceFileError when it may not be read, or is outside the data directories; SourceUnreachableError when its server does not answer.
 */
export async function statSource(
  source: OpenedExternal,
  places: SourcePlaces,
  signal?: AbortSignal,
): Promise<SourceState | undefined> {
  if (isPattern(source.uri)) return await statPattern(source.uri, places, signal)
  if (kindOfSource(source.uri) !== 'database') return await statBytes(source.uri, places, signal)
  const { statDatabaseSource } = await import('./postgres/databaseSource.ts')
  return await statDatabaseSource(source, places, signal)
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
