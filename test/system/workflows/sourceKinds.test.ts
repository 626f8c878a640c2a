// The same contacts from every kind of source give the same results and the same records.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { type WrittenCell, writeWorkbook } from '../../../dev/workbook.ts'
import type { DatabaseSettings } from '../../../loader/sources/postgres/databaseSettings.ts'
import { contactsFrom, fileRig, type LoadRig, withoutTimes } from '../../rig/loadRig.ts'
import { lacksPostgres, startTestPostgres, type TestPostgres, writeContacts } from '../../rig/postgres.ts'
import { CONTACT_COLUMNS, TYPED_CONTACTS, type TypedContact } from '../../rig/typedContacts.ts'

/** Writes the contacts and returns the source of the sync. */
type Kind = (rig: LoadRig) => Promise<Readonly<Record<string, unknown>>>

/** Text is where programs put it: in the cells, or in a part of its own. */
const workbookOf =
  (strings: 'inline' | 'shared'): Kind =>
  async rig => {
    const name = `contacts-${strings}.xlsx`
    await writeWorkbook(join(rig.folder, 'data', name), { sheet: 'Contacts', rows: workbookRows, strings })
    return { uri: `file:data/${name}`, sheet: 'Contacts' }
  }

/** What is blank is absent. */
const ndjson: Kind = async rig => {
  const lines = TYPED_CONTACTS.map(contact => `${JSON.stringify(contact, (_, value) => value ?? undefined)}\n`)
  await writeFile(join(rig.folder, 'data/contacts.ndjson'), lines.join(''))
  return { uri: 'file:data/contacts.ndjson' }
}

const parquet: Kind = async rig => {
  const [json, path] = [join(rig.folder, 'typed.json'), join(rig.folder, 'data/contacts.parquet')]
  await writeFile(json, JSON.stringify(TYPED_CONTACTS))
  const types: Partial<Record<keyof TypedContact, string>> = {
    score: 'DOUBLE',
    optIn: 'BOOLEAN',
    since: 'DATE',
    seen: 'TIMESTAMPTZ',
  }
  const columns = CONTACT_COLUMNS.map(name => `${name}: '${types[name] ?? 'VARCHAR'}'`).join(', ')
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`COPY (FROM read_json('${json}', columns = {${columns}})) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  return { uri: 'file:data/contacts.parquet' }
}

/** Two files by pattern, through SQL that gives the numbers a type. */
const csvThroughSql: Kind = async rig => {
  const half = TYPED_CONTACTS.length / 2
  await rig.source(csvOf(TYPED_CONTACTS.slice(0, half)), 'part-1.csv')
  await rig.source(csvOf(TYPED_CONTACTS.slice(half)), 'part-2.csv')
  return { uri: 'file:data/part-*.csv', sql: 'SELECT * REPLACE (CAST(score AS DOUBLE) AS score) FROM source' }
}

function workbookRows(): WrittenCell[][] {
  const rows = TYPED_CONTACTS.map(({ since, seen, ...contact }) => [
    ...Object.values(contact),
    since === null ? null : { day: since },
    { time: seen },
  ])
  return [[...CONTACT_COLUMNS], ...rows]
}

const databases = new Map<string, DatabaseSettings>()
let server: TestPostgres | undefined

async function databaseOfContacts(): Promise<string> {
  if (server === undefined) {
    server = await startTestPostgres()
    databases.set('crm', server.settings())
    await writeContacts(server)
  }
  return 'database:crm'
}
afterAll(() => server?.close())

/** Each with the types that its format has. */
const KINDS = {
  csv: async rig => ({ uri: await rig.source(csvOf(TYPED_CONTACTS), 'contacts.csv') }),
  xlsx: workbookOf('inline'),
  'xlsx with shared strings': workbookOf('shared'),
  ndjson,
  parquet,
  'csv through SQL': csvThroughSql,
  ...(lacksPostgres ? {} : { postgresql: async () => ({ uri: await databaseOfContacts(), table: 'contacts' }) }),
} as const satisfies Readonly<Record<string, Kind>>

function csvOf(contacts: readonly TypedContact[]): string {
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`
  const lines = contacts.map(values => CONTACT_COLUMNS.map(column => cell(values[column])).join(','))
  return `${CONTACT_COLUMNS.join(',')}\n${lines.join('\n')}\n`
}

const GIVEN = {
  fields: {
    Ext_Id__c: 'id',
    LastName: 'last',
    FirstName: 'first',
    Email: 'email',
    Score__c: 'score',
    Opt_In__c: 'optIn',
    Member_Since__c: 'since',
    Last_Seen__c: 'seen',
  },
  identityFields: ['id', 'last', 'score', 'since'],
  resultColumns: ['row', 'outcome', 'errorcode'],
}

const FIELDS = Object.keys(GIVEN.fields)

/** Wrong for this source, where its values have types. */
const MISLEADING = {
  decimalSeparator: ',',
  groupSeparator: '.',
  dates: ['dd/MM/yyyy'],
  checkbox: { true: ['Ja'], false: ['Nein'] },
}

async function loaded(rig: LoadRig, kind: Kind, given: object = {}) {
  const org = await rig.openOrg()
  const source = await kind(rig)
  const { runId, report } = await rig.start(contactsFrom('file:none.csv', org, { ...GIVEN, ...given, source }))
  const { tally } = await report()
  const records = await org.records('Contact', ...FIELDS)
  return {
    tally,
    results: withoutTimes(await rig.text(runId, 'results.csv')),
    records: records.map(({ Id, ...own }) => own),
  }
}

describe('the same contacts', async () => {
  const rig = await fileRig({ places: { databases } })
  const expected = loaded(rig, KINDS.csv)

  test('are loaded from CSV but for the invalid ones', async () => {
    const { tally, records } = await expected
    expect(tally).toMatchObject({ created: TYPED_CONTACTS.length - 20, failed: 20 })
    expect(records).toHaveLength(TYPED_CONTACTS.length - 20)
  })

  const others = Object.entries<Kind>(KINDS).filter(([name]) => name !== 'csv')

  test.each(others)('from %s give the same results and the same records', async (_, kind) => {
    expect(await loaded(rig, kind)).toEqual(await expected)
  })

  test.each(others)('from %s are read right with the formats of another source', async (_, kind) => {
    const { tally, records } = await loaded(rig, kind, { formats: MISLEADING })
    const { tally: same, records: wanted } = await expected
    expect(tally).toEqual(same)
    expect(records).toEqual(wanted)
  })
})
