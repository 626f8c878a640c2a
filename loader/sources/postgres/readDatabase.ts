// A query or a table of PostgreSQL as a source.
import { DatabaseError, escapeIdentifier } from 'pg'
import type { SourceState, SourceTable } from '../sourceReader.ts'
import { readColumns } from './columns.ts'
import { beginReading, cursorFields, declareCursor, hasRow } from './cursor.ts'
import { openSession, type Session } from './databaseClient.ts'
import { type Asked, explained } from './databaseErrors.ts'
import type { DatabaseSettings } from './databaseSettings.ts'
import { rowsAsCsv } from './rowCsv.ts'

/** What is read: one of them is there. */
export type DatabaseSelection = {
  /** One SELECT. */
  readonly query?: string
  /** `contacts`, or `public.contacts`; letter case counts. */
  readonly table?: string
}

type Reading = {
  readonly signal?: AbortSignal
  readonly decimalSeparator?: '.' | ','
}

/**
 * Starts the query and reads its columns. Throws SourceDatabaseError, SourceHeaderError, and SourceUnreachableError when the error may be
 * transient.
 */
export async function openDatabase(
  settings: DatabaseSettings,
  selection: DatabaseSelection,
  { signal, decimalSeparator = '.' }: Reading,
): Promise<SourceTable> {
  const asked = askedOf(settings, selection)
  const { source } = asked
  const session = await startQuery(asked, selection, signal)
  try {
    const columns = await readColumns(session.client, await cursorFields(session.client), { source, decimalSeparator })
    return {
      description: source,
      csv: () => explainedRows(rowsAsCsv(session, columns), asked, signal),
      reading: () => ({ source, format: 'postgresql' }),
      close: session.close,
    }
  } catch (error) {
    await session.close()
    throw failureOf(error, asked, signal)
  }
}

/** Whether the query has a row: its rows are complete at any time. Throws as `openDatabase` does. */
export async function statDatabase(
  settings: DatabaseSettings,
  selection: DatabaseSelection,
  signal?: AbortSignal,
): Promise<SourceState | undefined> {
  const asked = askedOf(settings, selection)
  const session = await startQuery(asked, selection, signal)
  try {
    const isThere = await hasRow(session.client)
    return isThere ? { bytes: undefined, changedAt: undefined, version: undefined, isComplete: true } : undefined
  } catch (error) {
    throw failureOf(error, asked, signal)
  } finally {
    await session.close()
  }
}

/** Logs in. Returns what answers: `PostgreSQL 17.2 at db.acme.com:5432`. Throws as `openDatabase` does. */
export async function testDatabase(settings: DatabaseSettings): Promise<string> {
  const asked = askedOf(settings, {})
  try {
    const { client, close } = await openSession(settings, undefined)
    const { rows } = await client.query<{ version: string }>(
      "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
    )
    await close()
    return `PostgreSQL ${rows[0]?.version} at ${settings.host}:${settings.port}`
  } catch (error) {
    throw explained(error, asked)
  }
}

function askedOf(settings: DatabaseSettings, { query, table }: DatabaseSelection): Asked {
  const source = `database:${settings.name}`
  if (query !== undefined) return { settings, source, query }
  return { settings, source: table === undefined ? source : `${source}, table ${table}` }
}

async function startQuery(
  asked: Asked,
  { query, table = '' }: DatabaseSelection,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const { settings } = asked
  let session: Session | undefined
  try {
    session = await openSession(settings, signal)
    await beginReading(session.client, settings.statementTimeout)
    await declareCursor(session.client, query ?? `SELECT * FROM ${table.split('.').map(escapeIdentifier).join('.')}`)
    return session
  } catch (error) {
    const tables = session && isMissingTable(error) ? await tablesOf(session) : []
    await session?.close()
    throw failureOf(error, { ...asked, tables }, signal)
  }
}

const isMissingTable = (error: unknown): boolean => error instanceof DatabaseError && error.code === '42P01'

/** Tables and views that the user may read, for a misspelled name. Never rejects. */
async function tablesOf({ client }: Session): Promise<readonly string[]> {
  try {
    await client.query('ROLLBACK')
    const { rows } = await client.query<{ name: string }>(
      `SELECT schemaname || '.' || name AS name FROM (
         SELECT schemaname, tablename AS name FROM pg_catalog.pg_tables
         UNION ALL SELECT schemaname, viewname FROM pg_catalog.pg_views
         UNION ALL SELECT schemaname, matviewname FROM pg_catalog.pg_matviews
       ) all_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1000`,
    )
    return rows.map(({ name }) => name)
  } catch {
    return []
  }
}

async function* explainedRows(
  rows: AsyncIterable<Uint8Array>,
  asked: Asked,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* rows
  } catch (error) {
    throw failureOf(error, { ...asked, readsRows: true }, signal)
  }
}

const failureOf = (error: unknown, asked: Asked, signal: AbortSignal | undefined): unknown =>
  signal?.aborted ? signal.reason : explained(error, asked)
