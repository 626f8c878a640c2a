// The source of the bench as a table of a PostgreSQL server.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { startPostgres } from '../processes/postgresServer.ts'
import { Processes } from '../processes/processes.ts'
import { campaignSource } from './contacts.ts'
import type { Load } from './load.ts'
import { filePlaces, type LoadPlaces } from './places.ts'

/** Columns that are no text, as databases have them. */
const TYPES: Readonly<Record<string, string>> = { joined: 'date', score: 'numeric' }

/** Records of one INSERT. */
const INSERTED = 20_000

const USER = 'bench'
const DATABASE = 'postgres'

/** The same records in the table `contacts`. Throws PostgresMissingError, ProcessEndedError. */
export async function postgresPlaces(load: Load): Promise<LoadPlaces> {
  const processes = new Processes()
  const password = randomBytes(12).toString('hex')
  try {
    const { port } = await startPostgres(processes, { user: USER, password })
    await fillTable({ host: '127.0.0.1', port, user: USER, database: DATABASE, password }, load.records)
    const url = `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`
    return {
      ...(await filePlaces(load)),
      source: { uri: 'database:crm', table: 'contacts' },
      databases: { crm: { url } },
      close: () => processes.end(),
    }
  } catch (error) {
    await processes.end()
    throw error
  }
}

async function fillTable(place: ConstructorParameters<typeof Client>[0], records: number): Promise<void> {
  const client = new Client(place)
  await client.connect()
  const columns = Object.entries(campaignSource(records).columns)
  const names = columns.map(([name]) => name).join(', ')
  const typed = columns.map(([name]) => `${name} ${TYPES[name] ?? 'text'}`).join(', ')
  await client.query(`CREATE TABLE contacts (${typed})`)
  const given = columns.map(([name], index) => `$${index + 1}::${TYPES[name] ?? 'text'}[]`).join(', ')
  for (let start = 0; start < records; start += INSERTED) {
    const indexes = Array.from({ length: Math.min(INSERTED, records - start) }, (_, offset) => start + offset)
    const values = columns.map(([, value]) => indexes.map(index => value(index).replaceAll('"', '')))
    await client.query(`INSERT INTO contacts (${names}) SELECT * FROM unnest(${given})`, values)
  }
  await client.end()
}
