import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { overriddenSpec, overridesTo, parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { SYNC_EXAMPLE, syncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'

const BASE = {
  connection: 'production',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/contacts.csv' },
  fields: { LastName: 'last_name' },
}

function problems(input: unknown): string[] {
  const parsed = parseSyncSpec(input)
  if (parsed.ok) throw new Error('the spec was accepted')
  return parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function spec(input: unknown) {
  const parsed = parseSyncSpec(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.spec
}

const MIRROR = {
  ...{ operation: 'update', keyField: 'Email', fields: { Email: 'mail', LastName: 'last' } },
  ...{ missing: 'delete', scope: "LeadSource = 'Web'" },
}

describe('a sync spec', () => {
  test('gets every default', () => {
    expect(spec(BASE)).toEqual({
      ...BASE,
      source: {
        ...BASE.source,
        shortRows: 'reject',
        blankValues: [],
        stableFor: 30_000,
        missing: 'fail',
        unchanged: 'load',
      },
      hardDelete: false,
      missing: 'ignore',
      maxDeleted: 0,
      fields: { LastName: { column: 'last_name' } },
      identityFields: [],
      blank: 'ignore',
      formats: { dates: [], timeZone: 'UTC' },
      engine: 'auto',
      chunk: { bulkRecords: 200_000, bulkBytes: 80_000_000, collectionsRecords: 2_000 },
      collections: { recordsPerRequest: 200 },
      concurrency: 4,
      upload: 'auto',
      groupBy: 'auto',
      resend: { maxAttempts: 5, delay: 5_000, lostAnswerWait: 600_000 },
      plan: { values: true },
      send: 'all',
      undo: false,
      resultColumns: [],
      duplicateRules: 'enforce',
      assignmentRule: false,
    })
  })

  test.each([
    ['shift_jis', 'shift_jis'],
    ['Windows-31J', 'shift_jis'],
    ['latin1', 'windows-1252'],
    ['ISO-8859-1', 'windows-1252'],
    ['cp1250', 'windows-1250'],
    [' MAC ', 'macintosh'],
    ['utf8', 'utf-8'],
    ['gb2312', 'gbk'],
    ['iso-8859-9', 'windows-1254'],
    ['iso-2022-jp', 'iso-2022-jp'],
  ])('accepts every label of an encoding: %j is %s', (label, encoding) => {
    expect(spec({ ...BASE, source: { ...BASE.source, encoding: label } }).source).toMatchObject({ encoding })
  })

  test.each(['cp850', 'utf-32', 'replacement', 'x-user-defined', 'latin-1', ''])(
    'rejects %j with the names it takes',
    label => {
      const parsed = parseSyncSpec({ ...BASE, source: { ...BASE.source, encoding: label } })
      expect(parsed).toMatchObject({ ok: false, problems: [{ path: ['source', 'encoding'] }] })
      if (label !== '') expect(JSON.stringify(parsed)).toMatch(/expected one of utf-8, .*windows-1252.*shift_jis/)
    },
  )

  test('is unchanged when it is parsed again, so a service may send a stored spec', () => {
    const whole = { ...BASE, operation: { column: 'todo' }, keyField: 'LastName', resend: { delay: '10s' } }
    const once = spec(whole)
    expect(spec(once)).toEqual(once)
  })

  test('accepts columns, constants, durations and inline records in every documented form', () => {
    const parsed = spec({
      ...BASE,
      source: { inline: [{ last_name: 'Aster', visits: 3, vip: true, phone: null }] },
      fields: { LastName: { column: 'last_name' }, Visits__c: { value: 5 } },
      resend: { maxAttempts: 2, delay: '1.5s', lostAnswerWait: '10m' },
    })
    expect(parsed.source).toEqual({ inline: [{ last_name: 'Aster', visits: '3', vip: 'true', phone: '' }] })
    expect(parsed.fields).toEqual({ LastName: { column: 'last_name' }, Visits__c: { value: '5' } })
    expect(parsed.resend).toEqual({ maxAttempts: 2, delay: 1_500, lostAnswerWait: 600_000 })
  })

  test('has a JSON Schema for editors', () => {
    const schema = z.toJSONSchema(syncSpecSchema, { io: 'input' })
    expect(schema.required).toEqual(['connection', 'object', 'operation', 'source', 'fields'])
    expect(schema.additionalProperties).toBe(false)
  })
})

describe('an invalid sync spec is rejected with the allowed and the given values', () => {
  test.each([
    [
      'an unknown operation',
      { operation: 'insert' },
      [
        'operation: expected create, update, upsert, delete or {column: NAME}; an insert is called create; given "insert"',
      ],
    ],
    [
      'a misspelt key inside',
      { source: { url: 'file:x' } },
      [expect.stringMatching(/^source: unknown key "url"; allowed: uri, .*unchanged; did you mean "uri"\?$/)],
    ],
    ['an unknown engine', { engine: 'rest' }, ['engine: expected one of bulk, collections, auto; given "rest"']],
    ['a limit out of range', { chunk: { bulkRecords: 0 } }, ['chunk.bulkRecords: expected at least 1; given 0']],
    [
      'a duration that is not valid',
      { resend: { delay: 'soon' } },
      ['resend.delay: expected a duration with its unit, such as 30s, 10m or 2h; given "soon"'],
    ],
    [
      'an unknown time zone',
      { formats: { timeZone: 'Berlin' } },
      ['formats.timeZone: unknown time zone "Berlin"; write it like Europe/Berlin'],
    ],
    [
      'a date pattern without a year',
      { formats: { dates: ['dd.MM.'] } },
      ['formats.dates.0: date pattern "dd.MM." lacks yyyy'],
    ],
    [
      'two date patterns that exchange day and month',
      { formats: { dates: ['yyyy-MM-dd', 'dd/MM/yyyy HH:mm', 'M/d/yyyy HH:mm'] } },
      ['formats.dates: "dd/MM/yyyy HH:mm" and "M/d/yyyy HH:mm" read one text as two days; leave out one of them'],
    ],
    [
      'one mark for groups and decimals',
      { formats: { decimalSeparator: ',', groupSeparator: ',' } },
      ['formats.groupSeparator: "," is the decimalSeparator too'],
    ],
    [
      'a word for a checkbox with two meanings',
      { formats: { checkbox: { true: ['Ja', '0'], false: [] } } },
      ['formats.checkbox: "0" means both true and false'],
    ],
    [
      'a word declared as both',
      { formats: { checkbox: { true: ['x'], false: ['X'] } } },
      ['formats.checkbox: "X" means both true and false'],
    ],
    ['no fields', { fields: {} }, ['fields: is empty: map at least one field, such as LastName: last_name']],
    ['a field mapped twice', { fields: { Email: 'a', email: 'b' } }, ['fields.email: is mapped twice']],
    [
      'a result column that is an identity field too',
      { identityFields: ['id'], resultColumns: ['row', 'id'] },
      ['resultColumns.1: "id" is an identity field too; leave out one of them'],
    ],
    ['an identity field listed twice', { identityFields: ['id', 'id'] }, ['identityFields.1: "id" is listed twice']],
    [
      'update without a key',
      { operation: 'update' },
      ['keyField: is missing: update needs keyField, or a mapping of Id'],
    ],
    [
      'delete without a key',
      { operation: 'delete' },
      ['keyField: is missing: delete needs keyField, or a mapping of Id'],
    ],
    [
      'a hard delete of a run that deletes nothing',
      { hardDelete: true },
      ['hardDelete: is for runs that delete: set operation or missing to delete, or leave hardDelete out'],
    ],
    [
      'a mirror without a scope',
      { operation: 'update', keyField: 'Email', fields: MIRROR.fields, missing: 'delete' },
      [
        "scope: is missing: missing: delete needs the conditions of the records that the source is to have, such as Region__c = 'EMEA'",
      ],
    ],
    [
      'a scope with a sub-select',
      { ...MIRROR, scope: 'AccountId IN (SELECT Id FROM Account)' },
      ['scope: has a sub-select; list the values, or use a field of the object'],
    ],
    [
      'a scope without a mirror',
      { scope: MIRROR.scope },
      ['scope: is for missing records: set missing to report, delete or update, or leave scope out'],
    ],
    [
      'a mirror that finds no records',
      { ...MIRROR, operation: 'create' },
      ['missing: delete needs the operation update or upsert, which finds the records that the source has by a key'],
    ],
    [
      'a mirror of a part of the source',
      { ...MIRROR, limit: 5 },
      [
        'limit: leaves out records that would count as missing, and missing is delete; leave limit out, or set missing: ignore',
      ],
    ],
    [
      'an update of missing records without values',
      { ...MIRROR, missing: 'update' },
      ['missingFields: is missing: missing: update needs values, such as { Active__c: { value: false } }'],
    ],
    [
      'a value for missing records in a field that is not mapped',
      { ...MIRROR, missing: 'update', missingFields: { Emial: { value: 'x' }, lastname: { value: 'y' } } },
      [
        'missingFields.Emial: is not mapped under fields; map it too, so that a record that comes back gets its value again; did you mean "Email"?',
      ],
    ],
    [
      'values for missing records that are deleted',
      { ...MIRROR, missingFields: { Email: { value: 'x' } } },
      ['missingFields: is for missing: update; set that, or leave missingFields out'],
    ],
    [
      'a hard delete through collections',
      { hardDelete: true, operation: 'delete', fields: { Id: 'id' }, engine: 'collections' },
      ['hardDelete: needs Bulk API 2.0: set engine to bulk or auto, or leave hardDelete out'],
    ],
    [
      'upsert without an External ID',
      { operation: 'upsert' },
      ['externalIdField: is missing: upsert needs an External ID field'],
    ],
    [
      'a key field that is not mapped',
      { operation: 'update', keyField: 'LastNam' },
      ['keyField: Key field: LastNam is not present in data; map it under fields; did you mean "LastName"?'],
    ],
    [
      'a list of key fields with one that is not mapped, and one twice',
      { operation: 'update', keyField: ['last_name', 'Emial', 'Last_Name'], fields: { last_name: 'l', Email: 'm' } },
      [
        'keyField.2: is listed twice',
        'keyField.1: Key field: Emial is not present in data; map it under fields; did you mean "Email"?',
      ],
    ],
    [
      'an Id in a list of key fields',
      { operation: 'update', keyField: ['Id', 'LastName'], fields: { Id: 'id', LastName: 'last' } },
      ['keyField.0: Id finds a record alone; leave it out, or leave out the other fields'],
    ],
    [
      'an empty list of key fields',
      { operation: 'update', keyField: [] },
      ['keyField: expected at least 1 item; given []'],
    ],
    [
      'a match with a sub-select',
      {
        operation: 'update',
        keyField: 'LastName',
        match: { where: 'AccountId IN (SELECT Id FROM Account)' },
      },
      ['match.where: has a sub-select; list the values, or use a field of the object'],
    ],
    [
      'a match with more than conditions',
      { operation: 'update', keyField: 'LastName', match: { where: "Title = 'x' ORDER BY Id" } },
      ['match.where: has "ORDER BY Id" at character 13 where it must end or continue; only conditions are allowed'],
    ],
    [
      'a match of an upsert',
      { operation: 'upsert', externalIdField: 'LastName', match: { where: "Title = 'x'" } },
      [
        'match: narrows what update and delete find, and this sync does upsert; leave match out, or load with operation: update',
      ],
    ],
    [
      'tables that no SQL can read',
      {
        source: {
          uri: 'file:x.csv',
          sql: 'SELECT 1',
          tables: { Source: 'file:y.csv', a: 'file:y.csv', A: 'file:z.csv', db: 'database:crm' },
        },
      },
      [
        'source.tables.Source: is the name of another table, or source; give it another name',
        'source.tables.A: is the name of another table, or source; give it another name',
        'source.tables.db: is a database; write the query of the source so that it joins this table',
      ],
    ],
    [
      'tables without SQL',
      { source: { uri: 'file:x.csv', tables: { a: 'file:y.csv' } } },
      ['source.tables: is for sql, which reads them; give sql, or leave tables out'],
    ],
    [
      'keys of another format',
      { source: { uri: 'file:x.ndjson', records: 'data', delimiter: ';' } },
      [
        'source.delimiter: is for csv, and the source is read as ndjson; leave it out, or set format beside it',
        'source.records: is for json, and the source is read as ndjson; leave it out, or set format beside it',
      ],
    ],
    [
      'keys of a workbook for a CSV file',
      { source: { uri: 'file:x.csv', sheet: 'Contacts', headerRow: 3 } },
      [
        'source.sheet: is for xlsx, and the source is read as csv; leave it out, or set format beside it',
        'source.headerRow: is for xlsx, and the source is read as csv; leave it out, or set format beside it',
      ],
    ],
    [
      'keys of a CSV file for a workbook',
      { source: { uri: 's3://bucket/{date}.XLSX', encoding: 'utf-8' } },
      [
        'source.encoding: is for csv or json or ndjson, and the source is read as xlsx; leave it out, or set format beside it',
      ],
    ],
    [
      'a row before the first',
      { source: { uri: 'file:x.xlsx', headerRow: 0 } },
      ['source.headerRow: expected at least 1; given 0'],
    ],
    [
      'too many inline records',
      { source: { inline: [{ last_name: 'x'.repeat(1_000_001) }] } },
      ['source.inline: has 1000019 bytes; the maximum is 1000000; put the records into a file and give its uri'],
    ],
    [
      'a character that is not text',
      { source: { inline: [{ last_name: 'x' }, { last_name: 'x', note: 'y\0' }] } },
      ['source.inline.1.note: contains the character U+0000, which no text may contain; remove it'],
    ],
  ])('%s', (_name, parts, expected) => {
    expect(problems({ ...BASE, ...parts })).toEqual(expected)
  })

  test('an unknown key at the top level is reported with the allowed keys and the nearest one', () => {
    expect(problems({ ...BASE, identityField: [] })).toEqual([
      expect.stringMatching(
        /^: unknown key "identityField"; allowed: connection, object, .*; did you mean "identityFields"\?$/,
      ),
    ])
  })

  test('all problems are reported at once', () => {
    expect(problems({})).toHaveLength(5)
    expect(problems(null)).toEqual([`: is empty: expected a mapping such as ${SYNC_EXAMPLE}`])
  })
})

const plain = { connection: 'org', object: 'Contact', operation: 'create', fields: { LastName: 'last', Ext__c: 'id' } }
const bare = spec({ ...plain, source: { uri: 'file:a.csv' } })
const full = spec({
  ...{ ...plain, operation: 'upsert', externalIdField: 'Ext__c', keyField: 'LastName', maxRejected: 5 },
  ...{ source: { uri: 'file:b.csv', delimiter: ';' }, engine: 'bulk', identityFields: ['id'] },
})

test.each([
  [bare, full],
  [full, bare],
])('overrides give exactly the spec that they were made from, for any named sync', (named, whole) => {
  expect(spec(overriddenSpec(named, overridesTo(whole)))).toEqual(whole)
})

test('an override replaces its own key only, and null removes a key', () => {
  const { keyField, ...others } = full
  expect(keyField).toBe('LastName')
  expect(spec(overriddenSpec(full, { keyField: null, maxRejected: 7 }))).toEqual({ ...others, maxRejected: 7 })
})
