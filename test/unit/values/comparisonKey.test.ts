import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileComparisonKey, compileConverter, compileLookupKey } from '../../../loader/values/fieldValue.ts'
import { TYPES } from './fieldTypes.ts'

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
