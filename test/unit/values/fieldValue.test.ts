import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileConverter } from '../../../loader/values/fieldValue.ts'
import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import { active, field } from '../../rig/describes.ts'
import { TYPES } from './fieldTypes.ts'

const FORMATS: ValueFormats = {
  dates: ['dd.MM.yyyy', 'MM/dd/yyyy', 'dd.MM.yyyy HH:mm'],
  decimalSeparator: '.',
  timeZone: 'Europe/Berlin',
}

function convert(type: keyof typeof TYPES, raw: string, formats: ValueFormats = FORMATS): string {
  const converted = compileConverter(TYPES[type], formats, 'col')(raw)
  return typeof converted === 'string' ? converted : `${converted.code} ${converted.message}`
}

describe('values are converted to the form that Salesforce stores', () => {
  test.each<[keyof typeof TYPES, string, string]>([
    ['text', '  two\r\nlines \u0001', 'two\nlines'],
    ['email', ' A.B@Example.com ', 'A.B@Example.com'],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '1.2.2024', '2024-02-01'],
    ['date', '12/31/2024', '2024-12-31'],
    ['date', '2024-01-31 00:00:00', '2024-01-31'],
    ['datetime', '2024-01-31T10:00:00+02:00', '2024-01-31T08:00:00.000Z'],
    ['datetime', '2024-01-31 10:00', '2024-01-31T09:00:00.000Z'],
    ['datetime', '2024-07-31T10:00:00.987', '2024-07-31T08:00:00.000Z'],
    ['datetime', '31.07.2024', '2024-07-30T22:00:00.000Z'],
    ['datetime', '31.07.2024 7:05', '2024-07-31T05:05:00.000Z'],
    ['datetime', '2024-10-27T02:30:00', '2024-10-27T00:30:00.000Z'],
    ['time', '7:05', '07:05:00.000Z'],
    ['boolean', 'YES', 'true'],
    ['boolean', '0', 'false'],
    ['int', '12.0', '12'],
    ['int', '-0', '0'],
    ['double', '012.345', '12.35'],
    ['double', '-.005', '-0.01'],
    ['double', '1.5e2', '150'],
    ['double', '0.999', '1'],
    ['currency', '3.5E8', '350000000'],
    ['reference', '0037e00001WZ30q', '0037e00001WZ30qAAD'],
    ['reference', '0037e00001wz30qaad', '0037e00001WZ30qAAD'],
    ['reference', '0037E00001WZ30QAAD', '0037e00001WZ30qAAD'],
    ['reference', ' 0037e00001WZ30qaad', '0037e00001WZ30qAAD'],
    ['open', 'Trade show', 'Trade show'],
    ['open', 'phone', 'phone'],
    ['multi', 'A', 'A'],
    ['multi', 'New, one', 'New, one'],
    ['restricted', 'hot', 'Hot'],
    ['multi', 'B; A;;B', 'B;A'],
  ])('%s %j becomes %j', (type, raw, expected) => {
    expect(convert(type, raw)).toBe(expected)
  })

  test.each([
    ...['yes', 'y', 'true', 'on', '1', 'Y', 'ON', 'Ja', ' ja ', 'x', 'QUITÉ'].map(word => [word, 'true']),
    ...['no', 'n', 'false', 'off', '0', 'N', 'Off', 'Nein', 'NEIN'].map(word => [word, 'false']),
  ])('the word %j for a checkbox means %s', (word, expected) => {
    const words: ValueFormats = { ...FORMATS, checkbox: { true: ['Ja', 'x', 'quite\u0301'], false: ['Nein'] } }
    expect(convert('boolean', word, words)).toBe(expected)
  })
})

describe('a label of a picklist is read where the sync declares it', () => {
  const LABELS: ValueFormats = { ...FORMATS, picklistLabels: true }
  const labelled = field('Tags', {
    type: 'multipicklist',
    restrictedPicklist: true,
    picklistValues: [
      ...active('Hot'),
      { value: 'Cold', active: true, label: 'Hot' },
      { value: 'C1', active: true, label: 'Twin' },
      { value: 'C2', active: true, label: 'twin' },
      { value: 'C3', active: true, label: 'Lau' },
      { value: 'C4', active: false, label: 'Alt' },
    ],
  })
  const single = { ...labelled, type: 'picklist' } as const
  const converted = (of: typeof labelled, raw: string) => compileConverter(of, LABELS, 'col')(raw)

  test.each([
    ['restricted', ' KÜHL ', 'Cold'],
    ['restricted', 'hot', 'Hot'],
    ['open', 'telefon', 'Phone'],
    ['open', 'new one', 'new one'],
  ] as const)('%s %j becomes %j', (type, raw, expected) => {
    expect(convert(type, raw, LABELS)).toBe(expected)
  })

  test('in a list too, and the API value comes before a label', () => {
    expect(converted(labelled, 'Lau; hot')).toBe('C3;Hot')
    expect(converted(single as typeof labelled, 'Hot')).toBe('Hot')
  })

  test.each([labelled, single as typeof labelled])(
    'and one that two values or an inactive one have is rejected',
    of => {
      expect(converted(of, 'Twin')).toMatchObject({
        message: 'Tags: bad value for restricted picklist field: Twin; that is a label, its API value is C1 or C2',
      })
      expect(converted(of, 'Alt')).toMatchObject({
        message: expect.stringMatching(/; use one of Hot, Cold, C1, C2, C3$/),
      })
    },
  )
})

describe('invalid values are rejected with a message', () => {
  test.each<[keyof typeof TYPES, string, string]>([
    ['text', 'x'.repeat(41), `STRING_TOO_LONG Billing City: data value too large: ${'x'.repeat(41)} (max length=40)`],
    ['email', 'XX', 'INVALID_EMAIL_ADDRESS Email: invalid email address: XX'],
    ['email', 'a@b.example\u200b', 'INVALID_EMAIL_ADDRESS Email: invalid email address: a@b.example\\u200b'],
    [
      'date',
      '45292',
      'INVALID_VALUE Birthdate: 45292 is not a date; expected yyyy-MM-dd or dd.MM.yyyy or MM/dd/yyyy or dd.MM.yyyy HH:mm; spreadsheets count days so: format the column as a date there and save the file again (column col)',
    ],
    [
      'date',
      '31.02.2024',
      'INVALID_VALUE Birthdate: 31.02.2024 is not a date; expected yyyy-MM-dd or dd.MM.yyyy or MM/dd/yyyy or dd.MM.yyyy HH:mm (column col)',
    ],
    [
      'date',
      '1066-10-14',
      'INVALID_VALUE Birthdate: 1066-10-14 is not a date that Salesforce accepts; expected a year from 1700 to 4000 (column col)',
    ],
    [
      'datetime',
      '2024-03-31T02:30:00',
      'INVALID_VALUE Seen: 2024-03-31T02:30:00 is not a valid local time in Europe/Berlin (skipped by daylight saving); expected a time that exists (column col)',
    ],
    [
      'time',
      '25:00',
      'INVALID_VALUE Open: 25:00 is not a time of day; expected HH:mm or HH:mm:ss, or hh:mm with AM or PM (column col)',
    ],
    [
      'boolean',
      'maybe',
      'INVALID_VALUE Vip: maybe is not a checkbox value; expected true, yes, y, on, 1, false, no, n, off, 0; declare other words as formats.checkbox: {true: [Ja], false: [Nein]} (column col)',
    ],
    ['int', '12.5', 'INVALID_VALUE Visits: 12.5 is not a whole number; expected no decimals (column col)'],
    ['int', '123456789', 'NUMBER_OUTSIDE_VALID_RANGE Visits: value outside of valid range on numeric field: 123456789'],
    ['double', '9999.999', 'NUMBER_OUTSIDE_VALID_RANGE Score: value outside of valid range on numeric field: 9999.999'],
    [
      'reference',
      'a00B000000FSjVUIB1',
      'MALFORMED_ID Account ID: id value of incorrect type: a00B000000FSjVUIB1; its last three characters do not fit its upper and lower case letters: the letter case was lost, or a character is wrong',
    ],
    [
      'reference',
      'Acme',
      'MALFORMED_ID Account ID: id value of incorrect type: Acme; to find the record by another field, map AccountId: { lookup: Account, by: Name, from: col }',
    ],
    [
      'owner',
      'ada@example.com',
      'MALFORMED_ID Owner ID: id value of incorrect type: ada@example.com; to find the record by another field, map OwnerId: { lookup: User, by: Email, from: col }',
    ],
    [
      'restricted',
      'Old',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST Rating: bad value for restricted picklist field: Old; use one of Hot, Cold',
    ],
    [
      'restricted',
      'kühl',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST Rating: bad value for restricted picklist field: kühl; that is a label, its API value is Cold',
    ],
    [
      'open',
      'telefon',
      'INVALID_VALUE Source: telefon is not an API value; expected Phone, which has this label (column col)',
    ],
    ...['A, B', 'a|b', 'A / B', 'A\nB'].map<[keyof typeof TYPES, string, string]>(given => [
      'multi',
      given,
      `INVALID_VALUE Tags: ${given} is not a list of values; expected semicolons between values: A;B; or the separator that is declared beside the column (column col)`,
    ]),
    [
      'multi',
      '#N/A ; ',
      'INVALID_VALUE Tags: #N/A is not a value; leave the value blank and set blank: clear to clear the field (column col)',
    ],
    [
      'text',
      ' #N/A\t',
      'INVALID_VALUE Billing City: #N/A is not a value; leave the value blank and set blank: clear to clear the field (column col)',
    ],
    [
      'text',
      '#N/A',
      'INVALID_VALUE Billing City: #N/A is not a value; leave the value blank and set blank: clear to clear the field (column col)',
    ],
  ])('%s %j', (type, raw, expected) => {
    expect(convert(type, raw)).toBe(expected)
  })

  test('the length of surrogate pairs is checked by Salesforce: 40 emoji fit into 40 characters', () => {
    expect(convert('text', '😀'.repeat(40))).toBe('😀'.repeat(40))
    expect(convert('text', '😀'.repeat(41))).toMatch(/^STRING_TOO_LONG/)
  })
})

test('an Id of 18 characters whose letter case was lost becomes the Id again, and no other', () => {
  const toSend = compileConverter(TYPES.reference, FORMATS, 'col')
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{15}$/), id => {
      const whole = toSend(id) as string
      expect(whole).toHaveLength(18)
      expect(toSend(whole.toLowerCase())).toBe(whole)
      expect(toSend(whole.toUpperCase())).toBe(whole)
    }),
  )
})

test('a message lists at most twenty values of a picklist', () => {
  const values = Array.from({ length: 300 }, (_, index) => `Value ${index}`)
  const wide = field('Wide', { type: 'picklist', restrictedPicklist: true, picklistValues: active(...values) })
  const problem = compileConverter(wide, FORMATS, 'col')('x')
  expect(problem).toMatchObject({ message: expect.stringMatching(/Value 18, Value 19 and 280 more$/) })
})
