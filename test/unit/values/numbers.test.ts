import { describe, expect, test } from 'vitest'
import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import { compileConverter } from '../../../loader/values/fieldValue.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { field, formatsOf } from '../../rig/describes.ts'

type Formats = SyncSpecInput['formats']

const NUMBER = field('Score', { type: 'double', precision: 16, scale: 2 })
const PRECISE = field('Latitude', { type: 'double', precision: 18, scale: 15 })
const PERCENT = field('Probability', { type: 'percent', precision: 5, scale: 2 })
const WHOLE = field('Visits', { type: 'int', digits: 8 })

const COMMA: Formats = { decimalSeparator: ',' }
const GERMAN: Formats = { decimalSeparator: ',', groupSeparator: '.' }
const ENGLISH: Formats = { decimalSeparator: '.', groupSeparator: ',' }

function convert(raw: string, formats: Formats = {}, of: FieldDescribe = NUMBER): string {
  const converted = compileConverter(of, formatsOf(formats), 'amount')(raw)
  return typeof converted === 'string' ? converted : converted.message
}

describe('a number that has one reading is converted', () => {
  test.each<[string, Formats, string]>([
    ['1234.56', {}, '1234.56'],
    ['1,234.56', {}, '1234.56'],
    ['1,234,567', {}, '1234567'],
    ['12,34,567.89', {}, '1234567.89'],
    ['$1,000.50', {}, '1000.5'],
    ['US$ 5', {}, '5'],
    ['EUR 5', {}, '5'],
    ['5 CHF', {}, '5'],
    ['100.00-', {}, '-100'],
    ['−100.00', {}, '-100'],
    ['–7', {}, '-7'],
    ['+7', {}, '7'],
    ['- 7', {}, '-7'],
    ['(33.52)', {}, '-33.52'],
    ['($182.77)', {}, '-182.77'],
    ['-$5', {}, '-5'],
    ['$-5', {}, '-5'],
    ['€(5)', {}, '-5'],
    ['.5', {}, '0.5'],
    ['1.2E+03', {}, '1200'],
    ["1'234.56", {}, '1234.56'],
    ['1’234’567', {}, '1234567'],
    ['1 234.56', {}, '1234.56'],
    ['0.125', {}, '0.13'],
    ['1.234,56', COMMA, '1234.56'],
    ['1.234.567', COMMA, '1234567'],
    ['-1.000,00 €', COMMA, '-1000'],
    ['-950,00 €', COMMA, '-950'],
    ['100,00-', COMMA, '-100'],
    ['1 234,56', COMMA, '1234.56'],
    ['1\u00a0234,56', COMMA, '1234.56'],
    ['1\u202f234,56\u00a0€', COMMA, '1234.56'],
    ['12,345', COMMA, '12.35'],
    ['10.000', GERMAN, '10000'],
    ['3.425.000,50', GERMAN, '3425000.5'],
    ['10.000', { groupSeparator: '.' }, '10000'],
    ['1,5', { groupSeparator: '.' }, '1.5'],
    ['1,234', ENGLISH, '1234'],
    ['1,00,000', ENGLISH, '100000'],
    ['1.234', ENGLISH, '1.23'],
    ['1.234', { decimalSeparator: '.' }, '1.23'],
    ["1'000.5", { groupSeparator: "'" }, '1000.5'],
  ])('%j with %j', (raw, formats, expected) => {
    expect(convert(raw, formats)).toBe(expected)
  })

  test('with three decimals where the field has them', () => {
    expect(convert('48.137', {}, PRECISE)).toBe('48.137')
  })

  test('with a percent sign in a percent field', () => {
    expect(convert('12.5 %', {}, PERCENT)).toBe('12.5')
    expect(convert('%5', {}, PERCENT)).toBe('5')
    expect(convert('12,5%', COMMA, PERCENT)).toBe('12.5')
  })

  test('in a whole-number field', () => {
    expect(convert('10,000', ENGLISH, WHOLE)).toBe('10000')
    expect(convert('10.000', { decimalSeparator: '.' }, WHOLE)).toBe('10')
    expect(convert('10000.0', {}, WHOLE)).toBe('10000')
    expect(convert('1e4', {}, WHOLE)).toBe('10000')
  })
})

describe('a number is never changed by a factor of thousand: with two readings it is rejected with the settings', () => {
  test.each<[string, Formats, FieldDescribe]>([
    ['1,234', {}, NUMBER],
    ['-$1,234', {}, NUMBER],
    ['1.234', {}, NUMBER],
    ['(249.524)', {}, NUMBER],
    ['10.000', {}, WHOLE],
    ['10,000', {}, WHOLE],
    ['1.234', COMMA, NUMBER],
    ['10.000 €', COMMA, NUMBER],
    ['1,234', { decimalSeparator: '.' }, NUMBER],
  ])('%j with %j', (raw, formats, of) => {
    expect(convert(raw, formats, of)).toMatch(/formats\.groupSeparator .* formats\.decimalSeparator/)
  })

  test('in one line', () => {
    expect(convert('10.000')).toBe(
      'Score: 10.000 is not a number; expected a declared mark: set formats.groupSeparator to "." if the point groups digits, or formats.decimalSeparator to "." if decimals follow it (column amount)',
    )
  })
})

describe('anything else is rejected', () => {
  test.each<[string, Formats]>([
    ['1,5', {}],
    ['1.234,56', {}],
    ['1.234.567', {}],
    ['1,2345', {}],
    ['1234,567.8', {}],
    ['0,123,456', {}],
    ['1,23,45', {}],
    ['1,234 567', {}],
    ["'-75.63", {}],
    ["5'11", {}],
    ['1.5', COMMA],
    ['1.23', GERMAN],
    ['1.2345,6', GERMAN],
    ["1'234,5", GERMAN],
    ['1,234.56', COMMA],
    ['1 2', {}],
    ['--5', {}],
    ['-5-', {}],
    ['-(5)', {}],
    ['5 €€', {}],
    ['5 ABC', {}],
    ['5 eur', {}],
    ['12.5%', {}],
    ['-', {}],
    ['€', {}],
    ['()', {}],
    ['.', {}],
    ['1e', {}],
    ['1,234e3', {}],
    ['0x10', {}],
    ['NaN', {}],
    ['Infinity', {}],
    ['١٢', {}],
    ['9'.repeat(1000), {}],
  ])('%j with %j', (raw, formats) => {
    expect(convert(raw, formats)).toMatch(/^Score: .*(is not a number; expected |outside of valid range)/)
  })

  test('the message leads to the settings', () => {
    expect(convert('1,5')).toBe(
      'Score: 1,5 is not a number; expected digits with a decimal point; declare other marks in formats.decimalSeparator and formats.groupSeparator (column amount)',
    )
    expect(convert('5 %')).toContain('no percent sign, which only a percent field takes')
    expect(convert('10.5', {}, WHOLE)).toBe('Visits: 10.5 is not a whole number; expected no decimals (column amount)')
  })

  test('amounts of a second currency, whose numbers would look alike', () => {
    const toSend = compileConverter(NUMBER, formatsOf({}), 'amount')
    expect([toSend('€5'), toSend('6'), toSend('7 €')]).toEqual(['5', '6', '7'])
    expect(toSend('$8')).toMatchObject({ message: expect.stringContaining('rows above are in €') })
  })
})
