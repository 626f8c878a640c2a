// What a run may replace in the source and the fields of a sync, with `allow:`.
import { expect, test } from 'vitest'
import { rejectForbiddenRun } from '../../../loader/spec/callerRules.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'

function specOf(source: object) {
  const written = { connection: 'org', object: 'Contact', operation: 'create', fields: { LastName: 'last' } }
  const parsed = parseSyncSpec({ ...written, source })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.spec
}

const FILE = { uri: 'file:data/a.csv' }
const QUERY = { uri: 'database:crm', query: "SELECT * FROM contacts WHERE region = '{region}'" }
const SQL = { ...FILE, sql: 'SELECT * FROM source', tables: { countries: 'file:data/countries.csv' } }
const TABLE = { uri: 'database:crm', table: 'contacts' }

const run = (configured: object, asked: object, overrides: readonly ('source' | 'source.query')[]) => () =>
  rejectForbiddenRun(
    { syncs: ['contacts'], overrides },
    { name: 'contacts', sync: specOf(configured), spec: specOf(asked) },
  )

test.each([
  ['another file', FILE, { uri: 'file:data/b.csv' }],
  ['a file in place of a query', QUERY, FILE],
  ['another file with the same SQL', SQL, { ...SQL, uri: 'file:data/b.csv' }],
  ['a file without the SQL', SQL, FILE],
  ['records in place of a table', TABLE, { inline: [{ last: 'Doe' }] }],
  ['another wait for the same rows', QUERY, { ...QUERY, waitFor: 60_000 }],
])('a run that may replace the source replaces it by %s', (_, configured, asked) => {
  expect(run(configured, asked, ['source'])).not.toThrow()
})

test.each([
  ['a database', FILE, TABLE, 'source.uri, source.table'],
  ['another database', TABLE, { ...TABLE, uri: 'database:erp' }, 'source.uri'],
  ['another table', TABLE, { ...TABLE, table: 'salaries' }, 'source.table'],
  ['another SQL', SQL, { ...SQL, sql: 'SELECT 1' }, 'source.sql'],
  ['SQL of its own', FILE, SQL, 'source.sql, source.tables'],
  ['a further file', SQL, { ...SQL, tables: { countries: 'file:data/b.csv' } }, 'source.tables'],
  ['another query', QUERY, { ...QUERY, query: 'SELECT * FROM salaries' }, 'source.query'],
  ['a table in place of a query', QUERY, TABLE, 'source.table'],
])('%s needs a rule of its own', (_, configured, asked, keys) => {
  expect(run(configured, asked, ['source'])).toThrow(
    `Sync contacts: a run may not replace ${keys}; allowed: source (overrides under allow in sflink.yaml); nothing was loaded`,
  )
  expect(run(configured, asked, ['source', 'source.query'])).not.toThrow()
})

test('a run without the right to replace the source is rejected once', () => {
  expect(run(QUERY, TABLE, [])).toThrow('a run may not replace source; allowed: none')
  expect(run(QUERY, TABLE, ['source.query'])).toThrow('a run may not replace source; allowed: source.query')
})

const LOOKUP = { lookup: 'Account', by: 'Name', from: 'company' }

function withFields(fields: object) {
  const written = { connection: 'org', object: 'Contact', operation: 'create', identityFields: ['last'], source: FILE }
  const parsed = parseSyncSpec({ ...written, fields: { LastName: 'last', AccountId: LOOKUP, ...fields } })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.spec
}

const runWith = (fields: object, overrides: readonly ('fields' | 'fields.lookup')[]) => () =>
  rejectForbiddenRun(
    { syncs: ['contacts'], overrides },
    { name: 'contacts', sync: withFields({}), spec: withFields(fields) },
  )

test.each([
  ['a column', { FirstName: 'first' }],
  ['another column of the same lookup', { AccountId: { ...LOOKUP, from: 'firm' } }],
  ['the same lookup of another field', { Other__c: LOOKUP }],
  ['a parent in the same source', { ReportsToId: { sync: 'self', from: 'boss' } }],
])('a run that may replace the fields maps %s', (_, fields) => {
  expect(runWith(fields, ['fields'])).not.toThrow()
})

test.each([
  ['another object', { OwnerId: { lookup: 'User', by: 'Email', from: 'owner' } }],
  ['other conditions', { AccountId: { ...LOOKUP, where: "Name LIKE 'A%'" } }],
  ['another field', { AccountId: { ...LOOKUP, by: 'Phone' } }],
  ['the run of a sync', { AccountId: { sync: 'accounts', from: 'company' } }],
])('a lookup by %s needs a rule of its own', (_, fields) => {
  expect(runWith(fields, ['fields'])).toThrow('a run may not replace fields.lookup; allowed: fields (overrides')
  expect(runWith(fields, ['fields', 'fields.lookup'])).not.toThrow()
  expect(runWith(fields, [])).toThrow('a run may not replace fields; allowed: none')
})

test('a caller names the run of the parents if it may run their sync', () => {
  const child = specOf(FILE)
  const fields = { ...child.fields, AccountId: { sync: 'accounts', from: ['account'], none: 'reject' } } as const
  const configured = { ...child, fields }
  const asked = { name: 'contacts', sync: configured, spec: { ...configured, parentRuns: { accounts: 'accounts.x' } } }
  const rules = (...syncs: readonly string[]) => ({ syncs, overrides: [] })
  expect(() => rejectForbiddenRun(rules('contacts', 'accounts'), asked)).not.toThrow()
  expect(() => rejectForbiddenRun(rules('contacts'), asked)).toThrow('a run may not replace parentRuns; allowed: none')
})
