// Runs in a process of its own: what DuckDB uses ends with it, and a query can be stopped at any moment.
import { basename } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { PLAIN_NUMBER_MACRO, quotedName, quotedText, type TextColumn, textColumns } from './columnText.ts'
import { readMessage } from './message.ts'
import { checkOneTable, parquetParts, readParquet } from './parquetParts.ts'
import type { QueryOutcome, QueryRequest, QueryTable } from './queryRequest.ts'
import { statementProblem } from './statement.ts'

/** One thread needs half the memory of two, and order costs nothing. */
const THREADS = 1
const MEMORY = '256MB'
/** Bytes that are read of a CSV at once; DuckDB needs room for the longest record. */
const CSV_BUFFER = 1_000_000

/** A view of rows that are written, with its number. */
const RESULT = 'sflink_result'

type Result = { readonly view: string; readonly columns: readonly TextColumn[] }

/** Executes the query and writes its rows. Throws for errors that have nothing to do with its files and its SQL. */
export async function runQuery(request: QueryRequest): Promise<QueryOutcome> {
  const { tables, sql } = request
  const connection = await openConnection(request)
  const selects: string[] = []
  try {
    for (const table of tables) {
      const parts = table.csv === undefined ? await parquetParts(connection, table.files) : []
      if (sql === undefined) selects.push(...parts.map(({ files }) => `SELECT * FROM ${readParquet(files)}`))
      else checkOneTable(parts)
      await connection.run(`CREATE VIEW ${quotedName(table.name)} AS SELECT * FROM ${readOf(table)}`)
    }
  } catch (error) {
    return problem('file', error, request, false)
  }
  if (sql === undefined) return await resultOf(connection, selects, request, 'file')
  const invalid = statementProblem(sql, await serialized(connection, sql))
  if (invalid !== undefined) return { problem: 'sql', ...invalid }
  return await resultOf(connection, [sql], request, 'sql')
}

/** Writes the rows of statements one after the other. */
async function resultOf(
  connection: DuckDBConnection,
  selects: readonly string[],
  request: QueryRequest,
  kind: 'file' | 'sql',
): Promise<QueryOutcome> {
  try {
    const results: Result[] = []
    for (const [index, select] of selects.entries()) {
      const view = `${RESULT}_${index}`
      results.push({ view, columns: await resultColumns(connection, select, view, request) })
    }
    const unusable = results.flatMap(({ columns }) => columns).find(column => 'unusable' in column)
    if (unusable !== undefined) return { problem: kind, ...typeProblem(unusable) }
    return await writeRows(connection, results, request, kind)
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
  if (csv === undefined) return readParquet(files)
  const list = `[${files.map(quotedText).join(', ')}]`
  const columns = csv.columns.map(name => `${quotedText(name)}: 'VARCHAR'`).join(', ')
  const buffer = Math.max(CSV_BUFFER, csv.longestRecord * 2)
  return `read_csv(${list}, columns = {${columns}}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    nullstr = '', hive_partitioning = false, max_line_size = ${csv.longestRecord + 1}, buffer_size = ${buffer})`
}

async function serialized(connection: DuckDBConnection, sql: string): Promise<string> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  return String(reader.getRows()[0]?.[0])
}

async function resultColumns(
  connection: DuckDBConnection,
  select: string,
  view: string,
  { decimalSeparator }: QueryRequest,
): Promise<readonly TextColumn[]> {
  const statement = await connection.prepare(select)
  const indexes = Array.from({ length: statement.columnCount }, (_, index) => index)
  const names = indexes.map(index => statement.columnName(index))
  const types = indexes.map(index => statement.columnType(index))
  statement.destroySync()
  // Names of a view: the columns of a SELECT may have equal ones.
  await connection.run(`CREATE VIEW ${view} (${indexes.map(columnOf).join(', ')}) AS ${select}`)
  return types.flatMap((type, index) => textColumns(names[index] ?? '', columnOf(index), type, decimalSeparator))
}

const columnOf = (index: number): string => `c${index}`

async function writeRows(
  connection: DuckDBConnection,
  results: readonly Result[],
  request: QueryRequest,
  kind: 'file' | 'sql',
): Promise<QueryOutcome> {
  const names = columnsOfAll(results)
  const rows = results.map(({ view, columns }) => `SELECT ${cellsOf(columns, names)} FROM ${view}`).join(' UNION ALL ')
  try {
    await connection.run(
      `COPY (${rows}) TO ${quotedText(request.target)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '')`,
    )
  } catch (error) {
    return problem(kind, error, request, true)
  }
  return { columns: names }
}

/** The columns of the first result, which may have equal names, and those that only others have: a field of a structure. */
function columnsOfAll([first, ...others]: readonly Result[]): readonly string[] {
  const names = (first?.columns ?? []).map(({ name }) => name)
  const more = others.flatMap(({ columns }) => columns.map(({ name }) => name)).filter(name => !names.includes(name))
  return [...names, ...new Set(more)]
}

function cellsOf(columns: readonly TextColumn[], names: readonly string[]): string {
  const left = [...columns]
  const texts = names.map(name => {
    const at = left.findIndex(column => column.name === name)
    const [column] = at < 0 ? [] : left.splice(at, 1)
    return column !== undefined && 'sql' in column ? column.sql : 'NULL'
  })
  // A single blank value would be a blank line, which readers skip.
  return texts.length === 1 ? `coalesce(${texts[0]}, '')` : texts.join(', ')
}

function problem(kind: 'file' | 'sql', error: unknown, { tables }: QueryRequest, mayHaveValues: boolean): QueryOutcome {
  const text = error instanceof Error ? error.message : String(error)
  const files = tables.flatMap(({ files }) => files)
  const named = files.reduce(
    (message, file) => message.replaceAll(`'${file}'`, basename(file)).replaceAll(`"${file}"`, basename(file)),
    text,
  )
  return { problem: kind, ...readMessage(named, { sql: kind === 'sql', mayHaveValues }) }
}

function typeProblem({ name, unusable }: TextColumn & { readonly unusable: string }) {
  return {
    message: `its column ${JSON.stringify(name)} is ${unusable}, which has no text`,
    advice: `Leave it out with sql, such as SELECT * EXCLUDE (${quotedName(name)}) FROM source.`,
  }
}
