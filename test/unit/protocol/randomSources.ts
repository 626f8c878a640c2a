// Sources of random values, with a sync spec for each: all field types, all operations, values that are sent as written and others.
import fc from 'fast-check'
import Papa from 'papaparse'
import { active, CONTACT, field, object, type SpecParts, specOf } from '../../rig/describes.ts'

export const DESCRIBE = object(
  'Contact',
  [
    ...CONTACT.fields.filter(({ name }) => name !== 'Id'),
    field('Time__c', { type: 'time', length: 0 }),
    field('Rate__c', { type: 'percent', precision: 18, scale: 10, length: 0 }),
    field('Anything__c', { type: 'double', precision: 0, scale: 0, length: 0 }),
    field('Labelled__c', {
      type: 'picklist',
      length: 10,
      picklistValues: [{ value: 'A1', label: 'First', active: true }, ...active('B 2', 'Straße', ' x')],
    }),
    field('Tags__c', {
      type: 'multipicklist',
      length: 20,
      restrictedPicklist: true,
      picklistValues: active('Red', 'red', 'B,C'),
    }),
    field('Exact__c', { externalId: true, idLookup: true, unique: true, caseSensitive: true }),
    field('Number_Id__c', {
      type: 'double',
      precision: 18,
      scale: 8,
      length: 0,
      externalId: true,
      idLookup: true,
      unique: true,
    }),
    field('Seen_Key__c', { type: 'datetime', length: 0 }),
  ],
  {
    recordTypes: [
      {
        recordTypeId: '012000000000001AAA',
        name: 'Person',
        developerName: 'Person',
        active: true,
        master: false,
        available: true,
        defaultRecordTypeMapping: false,
      },
    ] as never,
  },
)

/** Values that a field of the type accepts as written, or after a change. */
const RIGHT = {
  text: [
    'Ada',
    'ada',
    'Müller',
    'Nina',
    'Eva',
    '5" tube',
    '“x”',
    'a,b',
    'a;b',
    'a\nb',
    ' a',
    '\ta ',
    '-',
    'N/A',
    '(555) 1',
    '="0123"',
    "'=1",
    "'x'",
  ],
  number: ['0', '7', '007', '12', '12.5', '12.50', '.5', '0.123456', '0.1234567', '12 €', '12 $'],
  date: [
    '2024-02-29',
    '1700-01-01',
    '2024-01-31T00:00',
    '31.01.2024',
    '2024-01-01T10:00:00.000Z',
    '2024-01-01 10:00',
    '10:30',
  ],
  word: [
    'true',
    'True',
    'yes',
    '0',
    'Web',
    'Primary',
    'primary',
    'English',
    'English;German',
    'Red',
    'red',
    'B,C',
    'A1',
    'B 2',
    'Straße',
    'Person',
  ],
  id: ['003000000000001AAA', '003000000000001', '003AAAAAAAAAAAA555', '003000000000001aaa'],
  mail: ['a@b.example', 'A@B.example', 'a@b.c.d', 'ä@b.example', ' a@b.de'],
}

/** Values that are rejected, read in another way, or counted as marks. */
const ODD = {
  text: [
    'null',
    'NULL',
    '#N/A',
    '#REF!',
    '=1+1',
    '"x"',
    'a\r\nb',
    '  ',
    '\u00a0',
    'x\u0001',
    'MÃ¼ller',
    'lost \uFFFD',
    'e\u0301',
    'Err:502',
    '(null)',
    '\\N',
    'x'.repeat(81),
    '😀'.repeat(41),
  ],
  number: [
    '5.',
    '12,5',
    '1,234',
    '1.234',
    '1.234,5',
    '-3',
    '1e3',
    '1.2E+9',
    '1234567890123456',
    '123456.78',
    '12.345',
    '0.00000001',
    '5%',
    '(3)',
    '99999999',
    '100000000',
  ],
  date: [
    '2023-02-29',
    '1699-12-31',
    '4001-01-01',
    '2024-13-01',
    '2024-1-1',
    '2024-01-01T10:00:00.500Z',
    '2024-01-01T24:00:00.000Z',
    '1600-01-01T10:00:00.000Z',
  ],
  word: ['maybe', 'Retired', 'German;English', 'English,German', ';', 'First', 'x', 'person'],
  id: ['003000000000001AAB', '001000000000001AAA', 'nonsense'],
  mail: ['a@b', 'a@b..c', '@b.c', 'a@@b.c', 'a b@c.d', 'a@b.', 'a@.b', 'a"b@c.d'],
}

const typed = (type: keyof typeof RIGHT) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...RIGHT[type]) },
    { weight: 4, arbitrary: fc.constantFrom(...ODD[type]) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD.text) },
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map(text => text.replaceAll('\0', '')) },
  )
const counted = fc.oneof(
  { weight: 9, arbitrary: fc.nat(9).map(index => `${'Kk'[index % 2]}-${index >> 1}`) },
  typed('text'),
)

/** Columns of the source, each with its field and its values. */
const COLUMNS = {
  last: ['LastName', typed('text')],
  first: ['FirstName', typed('text')],
  mail: ['Email', typed('mail')],
  born: ['Birthdate', typed('date')],
  about: ['Description', typed('text')],
  source: ['LeadSource', typed('word')],
  level: ['Level__c', typed('word')],
  languages: ['Languages__c', typed('word')],
  tags: ['Tags__c', typed('word')],
  labelled: ['Labelled__c', typed('word')],
  score: ['Score__c', typed('number')],
  rate: ['Rate__c', typed('number')],
  anything: ['Anything__c', typed('number')],
  visits: ['Visits__c', typed('number')],
  seen: ['Seen__c', typed('date')],
  time: ['Time__c', typed('date')],
  opted: ['HasOptedOutOfEmail', typed('word')],
  account: ['AccountId', typed('id')],
  type: ['RecordType.DeveloperName', typed('word')],
  ext: ['Ext_Id__c', counted],
  exact: ['Exact__c', counted],
  number: ['Number_Id__c', typed('number')],
  seen_key: ['Seen_Key__c', typed('date')],
  id: ['Id', typed('id')],
} as const satisfies Record<string, readonly [string, fc.Arbitrary<string>]>

type Column = keyof typeof COLUMNS
type Mapped = Exclude<SpecParts['fields'][string], string>

/** Columns with other values than their field, and with a value for blank cells. */
const TRANSLATIONS: Partial<Readonly<Record<Column, Mapped>>> = {
  last: { column: 'last', values: { Ada: 'Lovelace', ada: 'Nina', Müller: 'Mueller', '-': '' }, unlisted: 'keep' },
  first: { column: 'first', values: { Ada: '', Nina: 'N, "N"' }, unlisted: { value: 'Eve' } },
  mail: { column: 'mail', values: { 'a@b.c.d': 'A@b.example' }, unlisted: 'keep' },
  level: { column: 'level', values: { Web: 'Primary', RED: 'secondary', yes: '' }, default: 'Secondary' },
  languages: { column: 'languages', separator: '|', default: 'English' },
  tags: { column: 'tags', separator: ',', values: { Red: 'red', B: 'Red;B,C', C: '' }, unlisted: 'keep' },
  score: { column: 'score', values: { 7: '3', '007': '4' }, unlisted: 'keep', default: '5' },
  opted: { column: 'opted', values: { Web: true, Red: 'no', Primary: '' }, unlisted: 'keep', default: true },
  type: { column: 'type', values: { Web: 'Person', red: '' }, unlisted: 'keep', default: 'Person' },
  ext: { column: 'ext', values: { 'K-0': 'k-1', 'k-2': 'x' }, unlisted: 'keep' },
  account: { column: 'account', values: { nonsense: '003000000000001' }, unlisted: { value: '' } },
}

const NAMES = Object.keys(COLUMNS) as Column[]

/** Specs: all operations, with keys of several types. */
const OPERATIONS: readonly Omit<SpecParts, 'fields'>[] = [
  { operation: 'create' },
  { operation: 'create', blank: 'clear' },
  { operation: 'create', existing: 'keep', keyField: 'Email' },
  { operation: 'create', existing: 'keep', keyField: ['LastName', 'Birthdate'] },
  { operation: 'update', keyField: 'Id' },
  { operation: 'update', keyField: 'Email' },
  { operation: 'update', keyField: 'LastName', blank: 'clear' },
  { operation: 'update', keyField: 'Seen_Key__c' },
  { operation: 'update', keyField: 'Birthdate' },
  { operation: 'update', keyField: ['LastName', 'Birthdate'] },
  { operation: 'delete', keyField: ['Email', 'Seen_Key__c', 'LastName'] },
  { operation: 'upsert', externalIdField: 'Ext_Id__c' },
  { operation: 'upsert', externalIdField: 'Exact__c', blank: 'clear' },
  { operation: 'upsert', externalIdField: 'Number_Id__c' },
  { operation: { column: 'todo' }, keyField: 'Email', externalIdField: 'Ext_Id__c' },
  { operation: { column: 'todo' }, keyField: 'Email', externalIdField: 'Ext_Id__c', existing: 'keep' },
  { operation: 'update', keyField: 'LastName', blank: 'clear', existing: 'fill-blanks' },
]

export const scenario = fc
  .record({
    operation: fc.constantFrom(...OPERATIONS),
    columns: fc.subarray(NAMES, { minLength: 1, maxLength: 8 }),
    delimiter: fc.constantFrom(',', ';', '\t'),
    quotes: fc.boolean(),
    isShort: fc.boolean(),
    isOfPersons: fc.boolean(),
    blankValues: fc.subarray(['N/A', '-', 'Ada', 'Müller']),
    formats: fc.constantFrom<SpecParts['formats']>(
      {},
      { dates: ['dd.MM.yyyy'] },
      { picklistLabels: true },
      { decimalSeparator: ',', timeZone: 'Europe/Berlin' },
    ),
    size: fc.integer({ min: 20, max: 400 }),
    bulkRecords: fc.integer({ min: 1, max: 7 }),
    isConstantUsed: fc.boolean(),
    translated: fc.subarray(Object.keys(TRANSLATIONS) as Column[]),
    trailing: fc.boolean(),
  })
  .chain(parts => {
    const { keyField, externalIdField } = parts.operation
    const needed = NAMES.filter(name => [keyField, externalIdField].flat().includes(COLUMNS[name][0]))
    const isIdKey = keyField === 'Id'
    const columns = [...new Set<Column>([...parts.columns, ...needed, 'last'])].filter(
      name => (name === 'id') === isIdKey || name !== 'id',
    )
    const todo = fc.constantFrom('Create', 'update', ' Upsert ', 'UPSERT', 'create', 'delete', '')
    const row = fc.tuple(todo, ...columns.map(name => COLUMNS[name][1]))
    const shape = fc.constantFrom('whole', 'whole', 'whole', 'whole', 'whole', 'short', 'long', 'header')
    const rows = fc.array(fc.tuple(row, shape), { minLength: 1, maxLength: 12 })
    return fc.record({ parts: fc.constant(parts), columns: fc.constant(columns), rows })
  })

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

export function inputOf({ parts, columns, rows }: Scenario) {
  const { operation, delimiter, quotes, isShort, blankValues, formats, bulkRecords, isConstantUsed, trailing } = parts
  const mappingOf = (name: Column) => (parts.translated.includes(name) ? TRANSLATIONS[name] : undefined)
  // One key of several may have a value for blank cells.
  const isPartOfKey = Array.isArray(operation.keyField) && columns.includes('born')
  const header = ['todo', ...columns, ...(trailing ? [''] : [])]
  const spec = specOf({
    source: { uri: 'file:x.csv', blankValues, ...(isShort ? { shortRows: 'fill' as const } : {}) },
    ...operation,
    fields: {
      ...Object.fromEntries(columns.map(name => [COLUMNS[name][0], mappingOf(name) ?? name])),
      ...(isPartOfKey ? { Birthdate: { column: 'born', default: '2024-01-01' } } : {}),
      ...(isConstantUsed ? { Phone: { value: 'a, b' } } : {}),
    },
    identityFields: columns.slice(-2),
    formats,
    engine: 'bulk',
    groupBy: 'none',
    chunk: { bulkRecords },
  })
  const table = rows.map(([row, shape]) => {
    if (shape === 'header') return header
    if (shape === 'short') return row.slice(0, -1)
    return shape === 'long' ? [...row, '', 'x'] : [...row, ...(trailing ? [''] : [])]
  })
  const csv = Papa.unparse([header, ...table], { quotes, delimiter, newline: '\n' })
  return { header, spec, csv, delimiter }
}
