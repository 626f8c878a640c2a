// The contacts of the bench as sources of every kind, with the types that each kind has.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import Papa from 'papaparse'
import { Client } from 'pg'
import type { SyncSpecInput } from '../../packages/client/contract/syncSpec.ts'
import { writeContacts } from '../contacts.ts'
import { startPostgres } from '../processes/postgresServer.ts'
import type { Processes } from '../processes/processes.ts'
import { type WrittenCell, writeWorkbook } from '../workbook.ts'
import { campaignSource } from './contacts.ts'

type KindPlace = {
  readonly processes: Processes
  readonly folder: string
  readonly records: number
  /** The contacts as CSV. */
  readonly csv: string
}

type KindSource = {
  readonly source: SyncSpecInput['source']
  /** `databases` of sflink.yaml. */
  readonly databases?: Readonly<Record<string, object>>
}

/** Writes the contacts. */
export type SourceKind = (place: KindPlace) => Promise<KindSource>

export const SOURCE_KINDS: Readonly<Record<string, SourceKind>> = {
  csv: async ({ csv }) => ({ source: { uri: `file:${csv}` } }),
  'csv, sql': async ({ csv }) => ({
    source: { uri: `file:${csv}`, sql: "SELECT * REPLACE (upper(city) AS city) FROM source WHERE email <> ''" },
  }),
  'xlsx, inline strings': place => workbook(place, 'inline'),
  'xlsx, shared strings': place => workbook(place, 'shared'),
  json: place => copied(place, 'contacts.json', 'FORMAT json, ARRAY true'),
  ndjson: place => copied(place, 'contacts.ndjson', 'FORMAT json'),
  parquet: place => copied(place, 'contacts.parquet', 'FORMAT parquet'),
  postgresql: database,
}

export async function writeKindCsv(path: string, records: number): Promise<void> {
  await writeContacts(path, campaignSource(records))
}

async function workbook({ folder, records }: KindPlace, strings: 'inline' | 'shared'): Promise<KindSource> {
  const path = join(folder, `${strings}.xlsx`)
  await writeWorkbook(path, { sheet: 'Contacts', rows: () => typedRows(records), strings })
  return { source: { uri: `file:${path}` } }
}

function* typedRows(records: number): Generator<readonly WrittenCell[]> {
  const { columns } = campaignSource(records)
  yield Object.keys(columns)
  const makers = Object.entries(columns)
  for (let index = 0; index < records; index++) yield makers.map(([name, make]) => typedCell(name, make(index)))
}

function typedCell(column: string, csv: string): WrittenCell {
  if (column === 'score') return Number(csv)
  return column === 'joined' ? { day: csv } : csv.replaceAll('"', '')
}

async function copied({ folder, csv }: KindPlace, name: string, options: string): Promise<KindSource> {
  const path = join(folder, name)
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`COPY (FROM read_csv('${csv}', all_varchar = true)
    SELECT * REPLACE (score::DOUBLE AS score, joined::DATE AS joined)) TO '${path}' (${options})`)
  connection.closeSync()
  return { source: { uri: `file:${path}` } }
}

/** Rows of one INSERT. */
const INSERTED = 20_000

async function database({ processes, csv }: KindPlace): Promise<KindSource> {
  const [user, password] = ['bench', 'bench']
  const { port } = await startPostgres(processes, { user, password })
  const client = new Client({ host: '127.0.0.1', port, user, password, database: 'postgres' })
  await client.connect()
  const rows = createReadStream(csv).pipe(Papa.parse(Papa.NODE_STREAM_INPUT, { header: true })) as AsyncIterable<object>
  let waiting: object[] = []
  let columns = ''
  const insert = async () => {
    const values = [JSON.stringify(waiting)]
    await client.query(`INSERT INTO contacts SELECT * FROM json_to_recordset($1) AS given (${columns})`, values)
    waiting = []
  }
  for await (const row of rows) {
    if (columns === '') {
      columns = Object.keys(row)
        .map(name => `${name} ${{ score: 'numeric', joined: 'date' }[name] ?? 'text'}`)
        .join(', ')
      await client.query(`CREATE TABLE contacts (${columns})`)
    }
    waiting.push(row)
    if (waiting.length === INSERTED) await insert()
  }
  if (waiting.length > 0) await insert()
  await client.end()
  const url = `postgresql://${user}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`
  return { source: { uri: 'database:bench', table: 'contacts' }, databases: { bench: { url } } }
}
