import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileComparedCell } from '../../../loader/values/comparedBytes.ts'
import { compileComparisonKey } from '../../../loader/values/fieldValue.ts'
import { cellsOf } from '../../rig/cells.ts'
import { field } from '../../rig/describes.ts'
import { TYPES } from './fieldTypes.ts'

/** The texts that a hash would get. */
function added(type: keyof typeof FIELDS, value: string, quoted: boolean): { text: string; isString: boolean } {
  const got: { text: string; isString: boolean }[] = []
  const slice = (bytes: Uint8Array, start: number, end: number) => Buffer.from(bytes).toString('utf8', start, end)
  const hash = {
    add: (text: string) => got.push({ text, isString: true }),
    addBytes: (bytes: Uint8Array, start: number, end: number) =>
      got.push({ text: slice(bytes, start, end), isString: false }),
    addFolded: (bytes: Uint8Array, start: number, end: number) =>
      got.push({ text: slice(bytes, start, end).toLowerCase(), isString: false }),
  }
  compileComparedCell(FIELDS[type])(hash, cellsOf([['before', value]], quoted), 1)
  expect(got).toHaveLength(1)
  return got[0] ?? { text: '', isString: false }
}

const FIELDS = { ...TYPES, percent: field('Share', { type: 'percent' }), long: field('Big', { type: 'long' }) }
const types = Object.keys(FIELDS) as (keyof typeof FIELDS)[]

/** Values of any type, and texts near to them. */
const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.string({ maxLength: 20, unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'E', ' ') }),
  fc.string({
    maxLength: 6,
    unit: fc.constantFrom('a', 'A', ';', ' ', '\t', '\r', '\n', '"', ',', 'é', '\u00a0', '\u007f'),
  }),
  fc
    .date({ noInvalidDate: true, min: new Date('1700-01-01'), max: new Date('4000-01-01') })
    .map(date => date.toISOString()),
  fc.constantFrom(
    '',
    '#N/A',
    '#N/B',
    'true',
    'FALSE',
    'True',
    'false',
    'yes',
    'fals',
    '2024-01-31',
    '2024-01-31T00:00:00.000Z',
  ),
  fc.constantFrom(
    '2024-01-31T10:00:00.000+0100',
    '10:00:00.000Z',
    '0037e00001WZ30qAAD',
    '0037e00001WZ30q',
    '12.50',
    '12.0',
    '0.0',
  ),
  fc.constantFrom('00.5', '.5', '5.', '1.0000000', '0.000001', '0.0000001', '1234567890123456', '123456789012345'),
)

test.each(types)('bytes of type %s that are compared as they are have the comparison form', type => {
  fc.assert(
    fc.property(value, fc.boolean(), (text, quoted) => {
      expect(added(type, text, quoted).text).toBe(compileComparisonKey(FIELDS[type])(text))
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['text', 'Silva 12'],
  ['email', 'Ana.1@Example.com'],
  ['date', '2024-05-01'],
  ['datetime', '2024-05-01T10:00:00.000Z'],
  ['boolean', 'true'],
  ['int', '120'],
  ['double', '0.5'],
  ['currency', '12.0'],
  ['reference', '0037e00001WZ30qAAD'],
  ['open', 'Web'],
  ['multi', 'A'],
  ['text', ''],
  ['double', '#N/A'],
] as const)('a %s like %j needs no string', (type, text) => {
  for (const quoted of [false, true]) expect(added(type, text, quoted).isString).toBe(false)
})
