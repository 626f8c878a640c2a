// `values`, `unlisted`, `default` and `separator` of a mapped column: what a cell becomes.
import { describe, expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { SourceMarks } from '../../../loader/mapping/sourceMarks.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { planOf, type SpecParts } from '../../rig/describes.ts'

type Mapping = Exclude<SyncSpecInput['fields'][string], string>
type Parts = Omit<SpecParts, 'fields'>

/** The cell that a value of column `given` becomes in this field, or its error. */
function cellOf(field: string, mapping: Omit<Extract<Mapping, { column: string }>, 'column'>, parts: Parts = {}) {
  const fields = { LastName: { value: 'Aster' }, [field]: { column: 'given', ...mapping } }
  const compiled = compileMapping(planOf({ ...parts, fields }), ['given'])
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  return (given: string): string | undefined => {
    const row = compiled.mapping.mapRow([given])
    return row.rejected ? `${row.errorCode} ${row.errorMessage}` : row.cells[1]
  }
}

describe('a value is looked up', () => {
  const values = {
    Herr: 'Mr.',
    'Gru\u0308n': 'Green',
    'Zeile 1\r\nZeile 2': 'Lines',
    ab: 'small',
    AB: 'capital',
    '#N/A': '',
  }
  const cell = cellOf('FirstName', { values })

  test.each([
    ['Herr', 'Mr.'],
    [' Herr\t', 'Mr.'],
    ['HERR', 'Mr.'],
    ['Gr\u00fcn', 'Green'],
    ['Zeile 1\nZeile 2', 'Lines'],
    ['ab', 'small'],
    ['AB', 'capital'],
  ])('%j becomes %j', (given, expected) => {
    expect(cell(given)).toBe(expected)
  })

  test('and one that two entries have in other letters is not listed', () => {
    expect(cell('Ab')).toMatch(/^VALUE_NOT_LISTED /)
    expect(cellOf('FirstName', { values: { ab: 'same', AB: 'same' } })('Ab')).toBe('same')
  })

  test.each(['constructor', 'toString', '__proto__'])(
    'and %s, which every object of JavaScript has, is not listed',
    given => {
      expect(cell(given)).toMatch(/^VALUE_NOT_LISTED /)
    },
  )
})

describe('a value that is not listed', () => {
  test('is rejected with the known values and the nearest one', () => {
    const cell = cellOf('Level__c', { values: { Gold: 'Primary', Silver: 'Secondary' } })
    expect(cell('Glod')).toBe(
      'VALUE_NOT_LISTED Level: value not listed: Glod; known are Gold, Silver; did you mean "Gold"? Add it to values of the field, or set unlisted (column given)',
    )
    expect(cell('Primary')).toBe(
      'VALUE_NOT_LISTED Level: value not listed: Primary; known are Gold, Silver; add it to values of the field, or set unlisted (column given)',
    )
  })

  test('is rejected with the first 20 of many known values', () => {
    const values = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`value number ${index}`, 'Primary']))
    expect(cellOf('Level__c', { values })('nothing of it')).toMatch(/ value number 19 and 10 more; add it /)
  })

  test('is read as it is with keep, and must fit the field', () => {
    const cell = cellOf('Level__c', { values: { Gold: 'Primary' }, unlisted: 'keep' })
    expect([cell('gold'), cell('SECONDARY')]).toEqual(['Primary', 'Secondary'])
    expect(cell('Lead')).toMatch(/^INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST /)
  })

  test('becomes another value, which may be named reject', () => {
    const cell = cellOf('FirstName', { values: { Herr: 'Mr.' }, unlisted: { value: 'reject' } })
    expect([cell('Frau'), cell('')]).toEqual(['reject', ''])
  })
})

describe('a blank value', () => {
  const values = { none: '', some: 'Web' }

  test.each([
    ['ignore', ''],
    ['clear', '#N/A'],
  ] as const)('of an entry is one with blank: %s, and no default takes its place', (blank, expected) => {
    const cell = cellOf('LeadSource', { values, default: 'Fair' }, { blank })
    expect([cell('none'), cell('some'), cell(''), cell(' \t')]).toEqual([expected, 'Web', 'Fair', 'Fair'])
  })

  test('of a required field is missing', () => {
    const fields = { LastName: { column: 'last', values: { '-': '' }, unlisted: 'keep' as const } }
    const compiled = compileMapping(planOf({ fields }), ['last'])
    expect(compiled.ok && compiled.mapping.mapRow(['-'])).toMatchObject({
      rejected: true,
      errorMessage: 'Required fields are missing: [LastName]',
    })
  })

  test('gets a default without values, in the form of its field', () => {
    const cell = cellOf('Birthdate', { default: '1.2.1990' }, { formats: { dates: ['d.M.yyyy'] } })
    expect([cell(''), cell('3.2.1990')]).toEqual(['1990-02-01', '1990-02-03'])
  })
})

describe('every type of field has a map', () => {
  test.each<[string, Record<string, string | number | boolean>, string, string]>([
    ['HasOptedOutOfEmail', { kein: true, doch: 'no' }, 'kein', 'true'],
    ['HasOptedOutOfEmail', { kein: true, doch: 'no' }, 'doch', 'false'],
    ['Score__c', { hoch: 12.5 }, 'hoch', '12.5'],
    ['Visits__c', { viele: 100 }, 'viele', '100'],
    ['Seen__c', { damals: '2024-01-01' }, 'damals', '2024-01-01T00:00:00.000Z'],
    ['AccountId', { wir: '0017e00001WZ30q' }, 'wir', '0017e00001WZ30qAAD'],
    ['Account.Ext_Id__c', { wir: 'A-1' }, 'wir', 'A-1'],
    ['User:Owner.Username', { Anna: 'anna@acme.example' }, 'anna', 'anna@acme.example'],
    ['Level__c', { 1: 'primary' }, '1', 'Primary'],
  ])('%s %j: %j becomes %j', (field, values, given, expected) => {
    expect(cellOf(field, { values })(given)).toBe(expected)
  })
})

describe('the values of a multi-select picklist', () => {
  test('are looked up one by one', () => {
    const cell = cellOf('Languages__c', { values: { E: 'English', D: 'German', both: 'German;English', '-': '' } })
    expect([cell('E; d'), cell('both'), cell('D;both'), cell('-; E'), cell('-')]).toEqual([
      'English;German',
      'German;English',
      'German;English',
      'English',
      '',
    ])
    expect(cell('E;F')).toMatch(/^VALUE_NOT_LISTED Languages__c: value not listed: F; known are E, D, both, -; /)
  })

  test.each([
    [',', 'English, German,,', 'English;German'],
    ['\n', 'English\r\nGerman', 'English;German'],
    [' / ', 'English / German', 'English;German'],
    [',', ' , ', ''],
  ])('may be separated by %j', (separator, given, expected) => {
    expect(cellOf('Languages__c', { separator })(given)).toBe(expected)
  })
})

test('the key is the mapped value, by which rows repeat each other', () => {
  const fields = {
    Ext_Id__c: { column: 'code', values: { old: 'X1' }, unlisted: 'keep' as const },
    LastName: 'last',
  }
  const plan = planOf({ operation: 'upsert', externalIdField: 'Ext_Id__c', fields, identityFields: ['code'] })
  const compiled = compileMapping(plan, ['code', 'last'])
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  const { mapRow, keyOf, identity } = compiled.mapping
  expect(mapRow(['old', 'Aster'])).toMatchObject({ keys: ['X1'], repeatKey: 'x1', cells: ['X1', 'Aster'] })
  expect(mapRow(['x1', 'Aster'])).toMatchObject({ keys: ['x1'], repeatKey: 'x1' })
  expect([keyOf(['old', '']), identity(['old', ''])]).toEqual([['X1'], ['old']])
})

test('a listed word for null or an error guard is read without a warning', () => {
  const marksOf = (unlisted: 'reject' | 'keep') => {
    const fields = { LastName: 'last', FirstName: { column: 'first', values: { NULL: 'none' }, unlisted } }
    const marks = new SourceMarks(planOf({ fields }), column => ['last', 'first'].indexOf(column), [])
    expect(marks.read(1, ['Aster', 'NULL'])).toEqual(['Aster', 'NULL'])
    marks.count()
    return marks.warnings().length
  }
  expect([marksOf('reject'), marksOf('keep')]).toEqual([0, 1])
})
