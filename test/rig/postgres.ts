// A PostgreSQL server for the tests of one file.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { findPostgres, startPostgres } from '../../dev/processes/postgresServer.ts'
import { Processes } from '../../dev/processes/processes.ts'
import { Secret } from '../../loader/http/secret.ts'
import type { DatabaseSettings } from '../../loader/sources/postgres/databaseSettings.ts'
import { TYPED_CONTACTS } from './typedContacts.ts'

/** Whether tests need PostgreSQL that this machine does not have. In CI they fail instead. */
export const lacksPostgres =
  process.env['CI'] === undefined &&
  (await findPostgres().then(
    () => false,
    () => true,
  ))

export type TestPostgres = {
  readonly port: number
  readonly password: string
  /** The database `postgres` as its superuser. */
  settings(changed?: Partial<DatabaseSettings>): DatabaseSettings
  url(changed?: { readonly password?: string; readonly parameters?: string }): string
  /** Runs statements as the superuser. */
  run(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

/** @param settings of the server, such as `ssl=on` */
export async function startTestPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const processes = new Processes()
  const password = `secret ${randomBytes(12).toString('hex')}`
  const user = 'loader'
  const { port } = await startPostgres(processes, { user, password, settings })
  const own = { host: '127.0.0.1', port, user, database: 'postgres' }
  const client = new Client({ ...own, password })
  await client.connect()
  return {
    port,
    password,
    settings: changed => ({
      ...{ name: 'crm', ...own, password: new Secret(password), sslMode: 'disable' },
      ...{ connectTimeout: 5_000, statementTimeout: 60_000, ...changed },
    }),
    url: ({ password: given = password, parameters = '' } = {}) =>
      `postgresql://${user}:${encodeURIComponent(given)}@127.0.0.1:${port}/postgres${parameters}`,
    run: async (sql, values = []) => (await client.query(sql, [...values])).rows ?? [],
    close: async () => {
      await client.end()
      await processes.end()
    },
  }
}

/** Writes the typed contacts into the table `contacts`. */
export async function writeContacts({ run }: TestPostgres): Promise<void> {
  const columns =
    'id varchar, last text, first text, email text, score numeric, "optIn" boolean, since date, seen timestamptz'
  await run(`CREATE TABLE contacts (${columns})`)
  await run(`INSERT INTO contacts SELECT * FROM json_to_recordset($1) AS given (${columns})`, [
    JSON.stringify(TYPED_CONTACTS),
  ])
}
