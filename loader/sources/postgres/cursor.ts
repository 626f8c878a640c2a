// One server-side cursor in a read-only transaction: all rows are those of one moment.
import { type Client, type FieldDef, Query, type QueryConfig } from 'pg'

const CURSOR = 'salesforce_link'

/** Rows that the server sends in answer to one command. */
const FETCHED_ROWS = 5_000

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

/** Passes every row as the texts that the server sends; NULL is null. An error of `onRow` rejects. */
export async function fetchRows(client: Client, onRow: (row: readonly (string | null)[]) => void): Promise<void> {
  while ((await fetchSome(client, onRow)) === FETCHED_ROWS);
}

function fetchSome(client: Client, onRow: (row: readonly (string | null)[]) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0
    const query = new Query<readonly (string | null)[]>({
      text: `FETCH ${FETCHED_ROWS} FROM ${CURSOR}`,
      rowMode: 'array',
      types: AS_TEXT,
    } as QueryConfig)
    query.on('row', row => {
      rows += 1
      try {
        onRow(row)
      } catch (error) {
        // Thrown inside of pg, it would end the process.
        reject(error)
        client.connection.stream.destroy()
      }
    })
    query.on('error', reject)
    query.on('end', () => resolve(rows))
    client.query(query)
  })
}

const AS_TEXT: QueryConfig['types'] = { getTypeParser: () => (text: string) => text }
