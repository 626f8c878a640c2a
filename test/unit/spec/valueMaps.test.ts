// What cannot be meant in `values`, `unlisted`, `default` and `separator`, each with its remedy.
import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../loader/plan/plan.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { problemLine } from '../../../packages/client/contract/issues.ts'
import { CONTACT, PARENTS, specOf } from '../../rig/describes.ts'

const BASE = { connection: 'test', object: 'Contact', operation: 'create', source: { uri: 'file:x.csv' } }

function problemsOf(mapping: unknown, more: object = {}): readonly string[] {
  const parsed = parseSyncSpec({ ...BASE, ...more, fields: { LastName: 'last', Ext_Id__c: 'ext', Level__c: mapping } })
  return parsed.ok ? [] : parsed.problems.map(problemLine)
}

const VALUES = { Gold: 'Primary' }

describe('a mapping is rejected', () => {
  test.each<[string, unknown, readonly string[]]>([
    [
      'with a misspelled key',
      { column: 'level', value: 'Primary', values: VALUES },
      [
        expect.stringMatching(
          /^fields.Level__c: unknown key "value"; allowed: column, values, unlisted, default, separator/,
        ),
      ],
    ],
    [
      'with another word for unlisted',
      { column: 'level', values: VALUES, unlisted: 'Primary' },
      ['fields.Level__c.unlisted: expected reject, keep or {value: TEXT}; given "Primary"'],
    ],
    [
      'with unlisted alone',
      { column: 'level', unlisted: 'keep' },
      ['fields.Level__c.unlisted: is for values; give values, or leave unlisted out'],
    ],
    [
      'with a blank default',
      { column: 'level', default: ' ' },
      ['fields.Level__c.default: is blank, as the cell is; leave it out'],
    ],
    [
      'without entries',
      { column: 'level', values: {} },
      ['fields.Level__c.values: is empty; give values such as { Herr: Mr. }, or leave it out'],
    ],
    [
      'with a list for values',
      { column: 'level', values: ['Gold'] },
      ['fields.Level__c.values: expected values such as { Herr: Mr., Frau: Ms. }; given ["Gold"]'],
    ],
    [
      'with an entry without a value',
      { column: 'level', values: { Gold: null } },
      ['fields.Level__c.values.Gold: is empty: expected text'],
    ],
    [
      'with an entry for blank cells',
      { column: 'level', values: { ...VALUES, '': 'Secondary' } },
      ['fields.Level__c.values: key "": is blank; give default for blank cells'],
    ],
    [
      'with an entry of blanks',
      { column: 'level', values: { ...VALUES, ' ': 'Secondary' } },
      ['fields.Level__c.values: key " ": is blank; give default for blank cells'],
    ],
    [
      'with two entries of one value',
      { column: 'level', values: { ...VALUES, 'Gold ': 'Secondary' } },
      ['fields.Level__c.values: key "Gold ": is the same value as "Gold"; leave out one of them'],
    ],
    [
      'with an entry that its separator divides',
      { column: 'level', values: { 'a,b': 'Primary' }, separator: ',' },
      [
        'fields.Level__c.values: key "a,b": has the separator, so that no value of a cell is this one; leave it out, or choose another separator',
      ],
    ],
  ])('%s', (_, mapping, expected) => {
    expect(problemsOf(mapping)).toEqual(expected)
  })

  test('with too many entries, or too long ones', () => {
    const entries = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`.padStart(length, 'v'), 'Primary']))
    expect(problemsOf({ column: 'level', values: entries(5_000, 6) })).toEqual([])
    expect(problemsOf({ column: 'level', values: entries(5_001, 6) })).toEqual([
      'fields.Level__c.values: has 5001 keys; allowed are 5000; put them into a file, and join it by source.sql and source.tables',
    ])
    expect(problemsOf({ column: 'level', values: entries(4_000, 60) })).toEqual([
      'fields.Level__c.values: all values of the sync have 292001 bytes as JSON; allowed are 256000; put those of this field into a file, and join it by source.sql and source.tables',
    ])
  })

  test.each(['default', 'unlisted'] as const)('with %s for a field that finds records alone', key => {
    const mapping = { column: 'level', values: VALUES, [key]: key === 'default' ? 'Primary' : { value: 'Primary' } }
    const problem = `fields.Level__c.${key}: would give several records the same key, and the key finds one record; leave it out`
    expect(problemsOf(mapping, { operation: 'update', keyField: 'level__c' })).toEqual([problem])
    expect(problemsOf(mapping, { operation: 'upsert', externalIdField: 'Level__c' })).toEqual([problem])
    expect(problemsOf(mapping, { operation: 'update', keyField: ['LastName', 'Level__c'] })).toEqual([])
  })
})

test('a number of the spec that has another reading by the formats of the source is rejected', () => {
  const problems = (mapping: unknown, formats: object) => {
    const fields = { LastName: 'last', Score__c: mapping } as Parameters<typeof specOf>[0]['fields']
    const planned = createPlan(specOf({ fields, formats }), CONTACT, PARENTS)
    return planned.ok ? [] : planned.problems.map(problemLine)
  }
  const german = { decimalSeparator: ',', groupSeparator: '.' } as const
  const message = '1.234 is 1234 by formats and 1.23 with a decimal point; write 1234 or "1,23"'
  expect(problems({ value: 1.234 }, german)).toEqual([`fields.Score__c: ${message}`])
  expect(problems({ column: 'x', values: { low: 1.234 } }, german)).toEqual([`fields.Score__c.values.low: ${message}`])
  for (const value of ['1234', '1,5', '1.234,5', '12', '-3']) expect(problems({ value }, german)).toEqual([])
  for (const value of ['1.5', '12.34']) expect(problems({ value }, {})).toEqual([])
})

describe('a text that does not fit its field is rejected when the sync is planned', () => {
  test.each<[string, object, string]>([
    [
      'Level__c',
      { values: { Gold: 'Premier' } },
      'fields.Level__c.values.Gold: Level: bad value for restricted picklist field: Premier; use one of Primary, Secondary',
    ],
    [
      'Level__c',
      { values: VALUES, unlisted: { value: 'Other' } },
      'fields.Level__c.unlisted.value: Level: bad value for restricted picklist field: Other; use one of Primary, Secondary',
    ],
    ['Score__c', { default: 'high' }, expect.stringMatching(/^fields.Score__c.default: Score: high is not a number; /)],
    [
      'Score__c',
      { separator: ',' },
      'fields.Score__c.separator: is for multi-select picklists, and the field is of type double; leave it out',
    ],
    [
      'HasOptedOutOfEmail',
      { values: { ja: 'oui' } },
      expect.stringMatching(/^fields.HasOptedOutOfEmail.values.ja: HasOptedOutOfEmail: oui is not a checkbox value; /),
    ],
  ])('%s %j', (field, mapping, expected) => {
    const spec = specOf({ fields: { LastName: 'last', [field]: { column: 'given', ...mapping } } })
    const planned = createPlan(spec, CONTACT, PARENTS)
    expect(planned.ok ? [] : planned.problems.map(problemLine)).toEqual([expected])
  })
})
