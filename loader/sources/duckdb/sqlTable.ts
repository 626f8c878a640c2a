import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'
import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { rejected } from '../errors.ts'
import { formatOf } from '../formats.ts'
import { temporaryFolder } from '../localFile.ts'
import type { SourceOpening, SourceReader, SourceTable } from '../sourceReader.ts'
import { SOURCE_TABLE } from '../sourceUri.ts'
import { wholeRows } from '../wholeRows.ts'
import { columnNames } from './columnNames.ts'
import { openParquetFiles } from './parquetTable.ts'
import type { QueryTable } from './queryRequest.ts'
import { queryTable } from './queryTable.ts'

export type SqlSource = OpenedExternal & { readonly sql: string }

/** A table that the query may read, and what ends with it. */
type OpenedTable = {
  readonly table: QueryTable
  readonly description: string
  /** Of a copy: how its rows were read. */
  readonly reading?: SourceReading | undefined
  /** Throws SourceFileError when the file has changed since it was opened. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Executes the SQL of a source over its rows. A Parquet file is read with its types; any other source is read as without SQL and all its
 * columns are text, a blank value NULL. Throws SourceQueryError, SourceRowError, and what `open` throws.
 * @param open opens a source as it is read without SQL
 */
export async function openSqlTable(
  { sql, tables = {}, ...source }: SqlSource,
  opening: SourceOpening,
  openSource: (source: OpenedExternal) => Promise<SourceReader>,
): Promise<SourceTable> {
  const folder = await temporaryFolder()
  const opened: OpenedTable[] = []
  try {
    const sources = {
      [SOURCE_TABLE]: source,
      ...Object.fromEntries(Object.entries(tables).map(([name, uri]) => [name, { uri }])),
    }
    for (const [name, one] of Object.entries<OpenedExternal>(sources)) {
      const isParquet = formatOf(one) === 'parquet'
      opened.push(
        isParquet ? await parquetFile(name, one, opening) : await copiedRows(name, one, folder, opening, openSource),
      )
    }
    const description = opened[0]?.description ?? ''
    const readings = opened.flatMap(({ reading }) => reading ?? [])
    const query = { description, format: formatOf(source), tables: opened.map(({ table }) => table), sql, readings }
    const table = await queryTable(query, opening)
    for (const { check } of opened) await check()
    return table
  } finally {
    for (const { close } of opened) await close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function parquetFile(name: string, { uri }: OpenedExternal, opening: SourceOpening): Promise<OpenedTable> {
  const { paths, ...opened } = await openParquetFiles(uri, opening)
  return { table: { name, files: paths }, ...opened }
}

/** A copy of the rows, in one dialect: DuckDB does not know the encodings of users, and guesses types. */
async function copiedRows(
  name: string,
  source: OpenedExternal,
  folder: string,
  { maxSourceBytes = Number.POSITIVE_INFINITY }: SourceOpening,
  openSource: (source: OpenedExternal) => Promise<SourceReader>,
): Promise<OpenedTable> {
  const reader = await openSource(source)
  const path = join(folder, `${name}.csv`)
  let [bytes, longestRecord] = [0, 0]
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const block of wholeRows(reader, source.shortRows === 'fill')) {
      await file.appendFile(block)
      bytes += block.length
      longestRecord = Math.max(longestRecord, block.length)
      if (bytes <= maxSourceBytes) continue
      const problem = `its rows have more than ${maxSourceBytes} bytes, the most that is allowed`
      throw rejected(source.uri, 'tooLarge', problem, 'Split it, or raise maxSourceBytes in sflink.yaml.')
    }
  } finally {
    await file.close()
    await reader.close()
  }
  const csv = { columns: columnNames(reader.header), longestRecord }
  const nothing = async () => undefined
  const reading = reader.reading?.()
  return {
    table: { name, files: [path], csv },
    description: reader.description,
    reading,
    check: nothing,
    close: nothing,
  }
}
