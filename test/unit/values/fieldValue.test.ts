import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import { compileComparisonKey, compileConverter, compileLookupKey } from '../../../loader/values/fieldValue.ts'
import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import { active, field } from '../../rig/describes.ts'

const FORMATS: ValueFormats = {
  dates: ['dd.MM.yyyy', 'MM/dd/yyyy', 'dd.MM.yyyy HH:mm'],
  decimalSeparator: '.',
  timeZone: 'Europe/Berlin',
}

const TYPES = {
  text: field('City', { label: 'Billing City', length: 40 }),
  email: field('Email', { type: 'email' }),
  date: field('Birthdate', { type: 'date', length: 0 }),
  datetime: field('Seen', { type: 'datetime', length: 0 }),
  time: field('Open', { type: 'time', length: 0 }),
  boolean: field('Vip', { type: 'boolean', length: 0 }),
  int: field('Visits', { type: 'int', digits: 8, length: 0 }),
  double: field('Score', { type: 'double', precision: 6, scale: 2, length: 0 }),
  currency: field('Revenue', { type: 'currency', precision: 18, scale: 0, length: 0 }),
  reference: field('AccountId', {
    label: 'Account ID',
    type: 'reference',
    length: 18,
    referenceTo: ['Account'],
    relationshipName: 'Account',
  }),
  owner: field('OwnerId', {
    label: 'Owner ID',
    type: 'reference',
    length: 18,
    referenceTo: ['Group', 'User'],
    relationshipName: 'Owner',
  }),
  restricted: field('Rating', {
    type: 'picklist',
    length: 255,
    restrictedPicklist: true,
    picklistValues: [
      ...active('Hot'),
      { value: 'Cold', active: true, label: 'Kühl' },
      { value: 'Old', active: false, label: 'Alt' },
    ],
  }),
  open: field('Source', {
    type: 'picklist',
    length: 255,
    picklistValues: [...active('Web'), { value: 'Phone', active: true, label: 'Telefon' }],
  }),
  multi: field('Tags', { type: 'multipicklist', length: 4099, picklistValues: active('A', 'B') }),
} as const satisfies Record<string, FieldDescribe>

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
      'MALFORMED_ID Account ID: id value of incorrect type: Acme; to find the record by another field, map Account.FIELD instead of AccountId',
    ],
    [
      'owner',
      'ada@example.com',
      'MALFORMED_ID Owner ID: id value of incorrect type: ada@example.com; to find the record by another field, map Group:Owner.FIELD or User:Owner.FIELD instead of OwnerId',
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
      `INVALID_VALUE Tags: ${given} is not a list of values; expected semicolons between values: A;B (column col)`,
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

/** A source value of each type, and the known ways in which Salesforce rewrites it in results. */
const REWRITTEN: { [Type in keyof typeof TYPES]: [fc.Arbitrary<string>, ((sent: string) => string)[]] } = {
  text: [fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter(notClear), [same, trimmed]],
  email: [fc.emailAddress({ size: 'small' }).filter(({ length }) => length <= 80), [same, lower]],
  date: [dates().map(day), [same, sent => `${sent}Z`, sent => `${sent}T00:00:00.000Z`]],
  datetime: [
    dates().map(date => date.toISOString()),
    [same, sent => sent.replace('Z', '+0000'), sent => sent.replace('.000Z', 'Z'), sent => sent.replace('Z', '+00:00')],
  ],
  time: [dates().map(date => date.toISOString().slice(11, 19)), [same, sent => sent.slice(0, 8)]],
  boolean: [fc.constantFrom('true', 'FALSE', '1', 'no'), [same, sent => sent.toUpperCase()]],
  int: [fc.integer({ min: -99_999_999, max: 99_999_999 }).map(String), [same, java, sent => `${sent}.0`]],
  double: [fc.integer({ min: -999_999, max: 999_999 }).map(cents => String(cents / 100)), [same, java]],
  currency: [fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String), [same, java]],
  owner: [fc.stringMatching(/^[A-Za-z0-9]{15}$/), [same]],
  reference: [fc.stringMatching(/^[A-Za-z0-9]{15}$/), [same, sent => sent.slice(0, 15)]],
  open: [fc.constantFrom('Web', 'Phone', 'Fair'), [same]],
  restricted: [fc.constantFrom('hot', 'COLD', 'Hot'), [same]],
  multi: [
    fc.shuffledSubarray(['A', 'B', 'C', 'D'], { minLength: 1 }).map(values => values.join(';')),
    [same, reversed],
  ],
}

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

describe('a value and what Salesforce returns for it have one comparison key', () => {
  test.each(Object.keys(TYPES) as (keyof typeof TYPES)[])('%s', type => {
    const [values, rewritings] = REWRITTEN[type]
    const toSend = compileConverter(TYPES[type], { dates: [], decimalSeparator: '.', timeZone: 'UTC' }, 'col')
    const key = compileComparisonKey(TYPES[type])
    fc.assert(
      fc.property(values, fc.constantFrom(...rewritings), (raw, rewrite) => {
        const sent = toSend(raw)
        fc.pre(typeof sent === 'string' && sent !== '')
        expect(key(rewrite(sent as string))).toBe(key(sent as string))
        expect(toSend(sent as string)).toBe(sent)
      }),
      { numRuns: 500 },
    )
  })

  test('different values have different keys', () => {
    const key = compileComparisonKey(TYPES.double)
    fc.assert(
      fc.property(fc.integer({ max: 999_999 }), fc.integer({ max: 999_999 }), (one, other) => {
        expect(key(String(one / 100)) === key(String(other / 100))).toBe(one === other)
      }),
    )
  })

  test('a cleared field equals a blank one', () => {
    expect(compileComparisonKey(TYPES.double)('#N/A')).toBe('')
  })
})

test('records are found in any letter case unless the field is case-sensitive', () => {
  expect(compileLookupKey(TYPES.text)('ABC')).toBe('abc')
  expect(compileLookupKey({ ...TYPES.text, caseSensitive: true })('ABC')).toBe('ABC')
  expect(compileLookupKey(TYPES.reference)('0037e00001WZ30q')).toBe('0037e00001WZ30qAAD')
})

function same(sent: string): string {
  return sent
}

function trimmed(sent: string): string {
  return sent.trim()
}

function lower(sent: string): string {
  return sent.toLowerCase()
}

function reversed(sent: string): string {
  return sent.split(';').reverse().join(';')
}

function notClear(raw: string): boolean {
  return raw.trim() !== '#N/A'
}

/** Java's spelling of a double: `12.0`, `3.5E8`. */
function java(sent: string): string {
  const number = Number(sent)
  if (Math.abs(number) < 1e7) return Number.isInteger(number) ? `${number}.0` : String(number)
  const [mantissa = '', exponent = ''] = number.toExponential().split('e+')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent}`
}

function dates(): fc.Arbitrary<Date> {
  const between = { min: new Date('1701-01-01T00:00:00Z'), max: new Date('3999-12-31T00:00:00Z'), noInvalidDate: true }
  return fc.date(between).map(date => new Date(Math.floor(date.getTime() / 1000) * 1000))
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
