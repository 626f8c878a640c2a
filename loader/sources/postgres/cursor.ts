// One server-side cursor in a read-only transaction: all rows are those of one moment.
import { type Client, type FieldDef, Query, type QueryConfig } from 'pg'

const CURSOR = 'salesforce_link'

/** Characters that one command should return. */
export const BATCH_CHARACTERS = 500_000
/** Rows of the first command, before the size of a row is known. */
const FIRST_ROWS = 100
const MOST_ROWS = 5_000

/**
 * Settings of a server, a database or a user that change how values are written or a query is read. `extra_float_digits`: as many digits as
 * a float needs. `cursor_tuple_fraction`: all rows are read. `search_path` stays that of the user.
 */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'iso_8601',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  cursor_tuple_fraction: '1',
  // A slow org delays the next command.
  idle_in_transaction_session_timeout: '0',
}

/** @param statementTimeout milliseconds */
export async function beginReading(client: Client, statementTimeout: number): Promise<void> {
  const settings = { ...SESSION_SETTINGS, statement_timeout: String(statementTimeout) }
  const set = Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = '${value}'`)
  await client.query(['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ...set].join('; '))
}

const DECLARE = `DECLARE ${CURSOR} NO SCROLL CURSOR WITHOUT HOLD FOR `

/** Characters before the query in what the server parses. */
export const QUERY_OFFSET = DECLARE.length

/** The server rejects everything that is not one SELECT or VALUES. */
export async function declareCursor(client: Client, query: string): Promise<void> {
  // The extended protocol takes one statement only.
  await client.query({ text: DECLARE + query, queryMode: 'extended' } as QueryConfig)
}

/** The columns, without a row. */
export async function cursorFields(client: Client): Promise<readonly FieldDef[]> {
  return (await client.query(`FETCH 0 FROM ${CURSOR}`)).fields
}

export async function hasRow(client: Client): Promise<boolean> {
  return (await client.query(`FETCH 1 FROM ${CURSOR}`)).rowCount === 1
}

type Row = readonly (string | null)[]

export type RowReader = {
  /** Gets each row as the texts that the server sends; NULL is null. Returns its size in characters. An error rejects the whole. */
  readonly onRow: (row: Row) => number
  /** Resolves when there is room for another batch. */
  readonly roomForMore: () => Promise<void>
}

/**
 * Passes every row. A batch is small enough to be received whole while its consumer waits: the time-out of a statement counts until
 * the server has sent the last byte of its answer.
 */
export async function fetchRows(client: Client, { onRow, roomForMore }: RowReader): Promise<void> {
  let asked = FIRST_ROWS
  for (;;) {
    const { rows, characters } = await fetchBatch(client, asked, onRow)
    if (rows < asked) return
    asked = Math.min(MOST_ROWS, Math.max(1, Math.floor((BATCH_CHARACTERS * rows) / characters)))
    await roomForMore()
  }
}

function fetchBatch(client: Client, most: number, onRow: RowReader['onRow']) {
  return new Promise<{ readonly rows: number; readonly characters: number }>((resolve, reject) => {
    let rows = 0
    let characters = 0
    const query = new Query<Row>({
      text: `FETCH ${most} FROM ${CURSOR}`,
      rowMode: 'array',
      types: AS_TEXT,
    } as QueryConfig)
    query.on('row', row => {
      try {
        characters += onRow(row)
        rows += 1
      } catch (error) {
        // Thrown inside of pg, it would end the process.
        reject(error)
        client.connection.stream.destroy()
      }
    })
    query.on('error', reject)
    query.on('end', () => resolve({ rows, characters }))
    client.query(query)
  })
}

const AS_TEXT: QueryConfig['types'] = { getTypeParser: () => (text: string) => text }
