// Runs in a process of its own: what DuckDB uses ends with it, and a query can be stopped at any moment.
import { basename } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { PLAIN_NUMBER_MACRO, quotedName, quotedText, type TextColumn, textColumns } from './columnText.ts'
import { readMessage } from './message.ts'
import type { QueryOutcome, QueryRequest, QueryTable } from './queryRequest.ts'
import { statementProblem } from './statement.ts'

/** One thread needs half the memory of two, and order costs nothing. */
const THREADS = 1
const MEMORY = '256MB'
/** Bytes that are read of a CSV at once; DuckDB needs room for the longest record. */
const CSV_BUFFER = 1_000_000

/** The view of the rows that are written. */
const RESULT = 'sflink_result'

/** Executes the query and writes its rows. Throws for errors that have nothing to do with its files and its SQL. */
export async function runQuery(request: QueryRequest): Promise<QueryOutcome> {
  const { tables, sql } = request
  const connection = await openConnection(request)
  try {
    for (const table of tables) await checkColumns(connection, table)
    for (const table of tables)
      await connection.run(`CREATE VIEW ${quotedName(table.name)} AS SELECT * FROM ${readOf(table)}`)
  } catch (error) {
    return problem('file', error, request, false)
  }
  const select = sql ?? `SELECT * FROM ${quotedName(tables[0]?.name ?? '')}`
  const kind = sql === undefined ? 'file' : 'sql'
  const invalid = statementProblem(select, await serialized(connection, select))
  if (invalid !== undefined) return { problem: kind, ...invalid }
  try {
    const columns = await resultColumns(connection, select, request)
    const [unusable] = columns.filter(column => 'unusable' in column)
    if (unusable !== undefined) return { problem: kind, ...typeProblem(unusable) }
    return await writeRows(connection, columns, request, kind)
  } catch (error) {
    return problem(kind, error, request, false)
  }
}

/** DuckDB without access to anything but the files of the query, extensions and other settings. */
async function openConnection({ tables, target, spill, maxSpillBytes }: QueryRequest): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
    memory_limit: MEMORY,
    temp_directory: spill,
    max_temp_directory_size: `${maxSpillBytes}B`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  const paths = [...tables.flatMap(({ files }) => files), target].map(quotedText).join(', ')
  await connection.run(PLAIN_NUMBER_MACRO)
  await connection.run(`SET TimeZone = 'UTC'`)
  await connection.run(`SET allowed_paths = [${paths}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return connection
}

function readOf({ files, csv }: QueryTable): string {
  const list = `[${files.map(quotedText).join(', ')}]`
  if (csv === undefined) return `read_parquet(${list}, union_by_name = true, hive_partitioning = false)`
  const columns = csv.columns.map(name => `${quotedText(name)}: 'VARCHAR'`).join(', ')
  const buffer = Math.max(CSV_BUFFER, csv.longestRecord * 2)
  return `read_csv(${list}, columns = {${columns}}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    nullstr = '', hive_partitioning = false, max_line_size = ${csv.longestRecord + 1}, buffer_size = ${buffer})`
}

/** Throws unless all Parquet files have columns of the same names: DuckDB would add blank values. */
async function checkColumns(connection: DuckDBConnection, { files, csv }: QueryTable): Promise<void> {
  const [first = '', ...others] = csv === undefined ? files : []
  if (others.length === 0) return
  const names = await columnsOf(connection, first)
  for (const file of others) {
    const found = await columnsOf(connection, file)
    const missing = names.find(name => !found.includes(name))
    const added = found.find(name => !names.includes(name))
    if (missing !== undefined)
      throw new Error(`${basename(file)} has no column "${missing}", and ${basename(first)} has one`)
    if (added !== undefined)
      throw new Error(`${basename(file)} has a column "${added}", and ${basename(first)} has none`)
  }
}

async function columnsOf(connection: DuckDBConnection, file: string): Promise<readonly string[]> {
  const statement = await connection.prepare(`SELECT * FROM ${readOf({ name: '', files: [file] })}`)
  const names = Array.from({ length: statement.columnCount }, (_, index) => statement.columnName(index))
  statement.destroySync()
  return names
}

async function serialized(connection: DuckDBConnection, sql: string): Promise<string> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  return String(reader.getRows()[0]?.[0])
}

async function resultColumns(
  connection: DuckDBConnection,
  select: string,
  { decimalSeparator }: QueryRequest,
): Promise<readonly TextColumn[]> {
  const statement = await connection.prepare(select)
  const indexes = Array.from({ length: statement.columnCount }, (_, index) => index)
  const names = indexes.map(index => statement.columnName(index))
  const types = indexes.map(index => statement.columnType(index))
  statement.destroySync()
  // Names of a view: the columns of a SELECT may have equal ones.
  await connection.run(`CREATE VIEW ${RESULT} (${indexes.map(columnOf).join(', ')}) AS ${select}`)
  return types.flatMap((type, index) => textColumns(names[index] ?? '', columnOf(index), type, decimalSeparator))
}

const columnOf = (index: number): string => `c${index}`

async function writeRows(
  connection: DuckDBConnection,
  columns: readonly TextColumn[],
  request: QueryRequest,
  kind: 'file' | 'sql',
): Promise<QueryOutcome> {
  const texts = columns.map(column => ('sql' in column ? column.sql : ''))
  // A single blank value would be a blank line, which readers skip.
  const cells = texts.length === 1 ? `coalesce(${texts[0]}, '')` : texts.join(', ')
  try {
    await connection.run(
      `COPY (SELECT ${cells} FROM ${RESULT}) TO ${quotedText(request.target)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '')`,
    )
  } catch (error) {
    return problem(kind, error, request, true)
  }
  return { columns: columns.map(({ name }) => name) }
}

function problem(kind: 'file' | 'sql', error: unknown, { tables }: QueryRequest, mayHaveValues: boolean): QueryOutcome {
  const text = error instanceof Error ? error.message : String(error)
  const files = tables.flatMap(({ files }) => files)
  const named = files.reduce((message, file) => message.replaceAll(`'${file}'`, basename(file)), text)
  return { problem: kind, ...readMessage(named, { sql: kind === 'sql', mayHaveValues }) }
}

function typeProblem({ name, unusable }: TextColumn & { readonly unusable: string }) {
  return {
    message: `its column ${JSON.stringify(name)} is ${unusable}, which has no text`,
    advice: `Leave it out with sql, such as SELECT * EXCLUDE (${quotedName(name)}) FROM source.`,
  }
}
