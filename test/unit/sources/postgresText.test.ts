// Texts that PostgreSQL writes, without a server.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readArrayText } from '../../../loader/sources/postgres/arrayText.ts'
import { withoutExponent } from '../../../loader/sources/postgres/columns.ts'

test.each([
  ['{}', []],
  ['{a,b}', ['a', 'b']],
  ['{"a,b","c\\"d","e\\\\f",""}', ['a,b', 'c"d', 'e\\f', '']],
  ['{NULL,"NULL",null}', [undefined, 'NULL', 'null']],
  ['[2:4]={1,2,3}', ['1', '2', '3']],
  ['{{1,2},{3,4}}', undefined],
])('the array %s', (text, elements) => {
  expect(readArrayText(text, ',')).toEqual(elements)
})

/** As PostgreSQL's array_out does it for the worst case: all elements quoted. */
const written = (elements: readonly string[]) =>
  `{${elements.map(element => `"${element.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

test('every text survives in an array', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '{', '}', ' ', 'N') })), elements => {
      expect(readArrayText(written(elements), ',')).toEqual(elements)
    }),
  )
})

test.each([
  ['1e+20', '100000000000000000000'],
  ['1.5e+20', '150000000000000000000'],
  ['-1.5e-07', '-0.00000015'],
  ['1.2345678901234568e+16', '12345678901234568'],
  ['1.2345e+02', '123.45'],
  ['0.1', '0.1'],
  ['NaN', 'NaN'],
  ['-Infinity', '-Infinity'],
])('the float %s is %s', (text, plain) => {
  expect(withoutExponent(text)).toBe(plain)
})

test('a float without its exponent is the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
      const plain = withoutExponent(String(number))
      expect(plain).not.toContain('e')
      expect(Number(plain)).toBe(number === 0 ? 0 : number)
    }),
  )
})
