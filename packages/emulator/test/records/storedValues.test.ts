import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { standardSchema } from '../../schema/catalog.ts'
import { dateText, datetimeText, timeText } from '../../values/calendar.ts'
import { decimalText, integerText, javaDouble } from '../../values/decimal.ts'
import { NOT_OF_TYPE, toStoredText } from '../../values/storedText.ts'

function field(objectName: string, fieldName: string) {
  const found = standardSchema().get(objectName.toLowerCase())?.fieldsByName.get(fieldName.toLowerCase())
  if (found === undefined) throw new Error(`No field ${objectName}.${fieldName}`)
  return found
}

function store(objectName: string, fieldName: string, text: string) {
  return toStoredText(field(objectName, fieldName))(text)
}

describe('numbers', () => {
  test('rounds half up in decimal, where binary floating point would not', () => {
    expect(decimalText('1.005', 2)).toBe('1.01')
    expect(decimalText('2.675', 2)).toBe('2.68')
    expect(decimalText('-1.005', 2)).toBe('-1.01')
    expect(decimalText('0.004', 2)).toBe('0')
  })

  test('reads signs, exponents and bare fractions, and nothing else', () => {
    expect(['+5', '1e3', '.5', '5.', '1.50E2', '-0'].map(text => decimalText(text, 3))).toEqual([
      '5',
      '1000',
      '0.5',
      '5',
      '150',
      '0',
    ])
    expect(['', '1,5', '1 000', 'NaN', 'abc', '--1', '.'].map(text => decimalText(text, 3))).toEqual(
      new Array(7).fill(undefined),
    )
  })

  test('keeps every amount of cents unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), cents => {
        const text = (cents / 100).toFixed(2)
        expect(Number(decimalText(text, 2))).toBe(Number(text))
      }),
    )
  })

  test('accepts 32-bit integers only', () => {
    expect(['007', '-3', '2147483647', '2147483648', '1.0'].map(integerText)).toEqual([
      '7',
      '-3',
      '2147483647',
      undefined,
      undefined,
    ])
  })

  test('writes numbers as Java does', () => {
    expect(['12', '350000000', '0.5', '0.0001', '-1234567.5', '0', '12345678'].map(javaDouble)).toEqual([
      '12.0',
      '3.5E8',
      '0.5',
      '1.0E-4',
      '-1234567.5',
      '0.0',
      '1.2345678E7',
    ])
  })

  test('rejects more digits before the point than the field has', () => {
    expect(store('Contact', 'Score__c', '12345678901234567.5')).toEqual({
      statusCode: 'NUMBER_OUTSIDE_VALID_RANGE',
      message: 'Score: value outside of valid range on numeric field: 12345678901234567.5',
      fields: ['Score__c'],
    })
    expect(store('Account', 'NumberOfEmployees', '999999999')).toMatchObject({
      statusCode: 'NUMBER_OUTSIDE_VALID_RANGE',
    })
  })
})

describe('dates and times', () => {
  test('accepts days that exist', () => {
    expect(['2024-02-29', '2023-02-29', '2026-04-31', '2026-13-01', '26-01-01', '01/02/2026'].map(dateText)).toEqual([
      '2024-02-29',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('stores a datetime in UTC, truncated to seconds', () => {
    expect(datetimeText('2026-01-01T00:30:00.987+02:00')).toBe('2025-12-31T22:30:00.000+0000')
    expect(datetimeText('2026-01-01T00:30:00-0530')).toBe('2026-01-01T06:00:00.000+0000')
    expect(datetimeText('2026-01-01T00:30:00Z')).toBe('2026-01-01T00:30:00.000+0000')
    expect(datetimeText('2024-07-30 20:54:16 UTC')).toBeUndefined()
    expect(datetimeText('2026-01-01T24:30:00Z')).toBeUndefined()
    expect(datetimeText('2026-01-01T00:30:00')).toBeUndefined()
  })

  test('stores a time of day with milliseconds', () => {
    expect(timeText('08:15:00')).toBe('08:15:00.000Z')
    expect(timeText('08:15:00.5Z')).toBe('08:15:00.500Z')
    expect(timeText('8:15')).toBeUndefined()
  })
})

describe('texts', () => {
  test('trims, and treats blanks as no value', () => {
    expect(store('Contact', 'LastName', '  Keller \n')).toBe('Keller')
    expect(store('Contact', 'LastName', ' \t ')).toBe('')
  })

  test('rejects a text that is too long with Salesforce’s message', () => {
    const long = 'x'.repeat(81)
    expect(store('Contact', 'LastName', long)).toEqual({
      statusCode: 'STRING_TOO_LONG',
      message: `Last Name: data value too large: ${long} (max length=80)`,
      fields: ['LastName'],
    })
  })

  test('stores e-mail addresses in lower case and rejects invalid ones', () => {
    expect(store('Contact', 'Email', ' Chloe.Myers@Example.com ')).toBe('chloe.myers@example.com')
    for (const text of ['XX', 'a@b', 'a b@example.com', '@example.com', 'a@example.', 'a@@example.com']) {
      expect(store('Contact', 'Email', text)).toEqual({
        statusCode: 'INVALID_EMAIL_ADDRESS',
        message: `Email: invalid email address: ${text}`,
        fields: ['Email'],
      })
    }
  })

  test('rejects a value that a restricted picklist does not list, by the label of the field', () => {
    expect(store('Contact', 'Segment__c', 'Enterprise')).toBe('Enterprise')
    expect(store('Contact', 'Segment__c', 'Terrible')).toEqual({
      statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      message: 'Segment: bad value for restricted picklist field: Terrible',
      fields: ['Segment__c'],
    })
    expect(store('Contact', 'LeadSource', 'Something new')).toBe('Something new')
    expect(store('Invoice__c', 'Channels__c', 'Email;Web')).toBe('Email;Web')
    expect(store('Invoice__c', 'Channels__c', 'Email;Fax')).toMatchObject({ fields: ['Channels__c'] })
  })

  test('accepts true, false, 1 and 0 in any case as a boolean', () => {
    expect(['TRUE', 'false', '1', '0', 'yes'].map(text => store('Contact', 'Opt_In__c', text))).toEqual([
      'true',
      'false',
      'true',
      'false',
      NOT_OF_TYPE,
    ])
  })
})
