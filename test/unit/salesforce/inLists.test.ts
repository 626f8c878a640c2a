import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutInLists, encodeSoql, MAX_QUERY_URI, soqlString } from '../../../loader/salesforce/soql.ts'

const PATH = '/services/data/v67.0/query?q='
const HEAD = 'SELECT Id, Email FROM Contact WHERE Email IN ('
const QUERY = { path: PATH, head: HEAD }

const literals = fc.array(fc.string({ unit: 'binary', maxLength: 60 }).map(soqlString), {
  minLength: 1,
  maxLength: 400,
})
const listOf = (soql: string): string => soql.slice(HEAD.length, -1)

test('no URL is longer than allowed after a URL parser has normalized it', () => {
  fc.assert(
    fc.property(literals, fc.integer({ min: 1_200, max: MAX_QUERY_URI }), (values, maxBytes) => {
      for (const soql of cutInLists(QUERY, values, maxBytes)) {
        const { pathname, search } = new URL(PATH + encodeSoql(soql), 'https://acme.my.salesforce.com')
        expect(Buffer.byteLength(pathname + search)).toBeLessThanOrEqual(maxBytes)
      }
    }),
  )
})

test('every literal is searched once, in order', () => {
  fc.assert(
    fc.property(literals, values => {
      const queries = [...cutInLists(QUERY, values, 2_000)]
      expect(queries.map(listOf).join(',')).toBe(values.join(','))
    }),
  )
})

test('a URL is filled up to the limit', () => {
  const values = Array.from({ length: 2_000 }, (_, index) => soqlString(`contact${index}@example.com`))
  const lengths = [...cutInLists(QUERY, values)].map(soql => PATH.length + encodeSoql(soql).length)
  for (const length of lengths.slice(0, -1)) expect(length).toBeGreaterThan(MAX_QUERY_URI - 60)
  expect(lengths.length).toBeLessThan(10)
})

test('sends no query for no values', () => {
  expect([...cutInLists(QUERY, [])]).toEqual([])
})
