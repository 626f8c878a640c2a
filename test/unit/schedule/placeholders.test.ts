// Placeholders in the URI and the query of a source.
import { describe, expect, test } from 'vitest'
import {
  fillPlaceholders,
  openPlaceholders,
  placeholderValueProblem,
  setPlaceholder,
} from '../../../loader/schedule/placeholders.ts'

const NIGHT = Date.parse('2026-03-01T01:30:00Z')

test('a scheduled time fills the URI and the SQL, and leaves the rest', () => {
  const source = { uri: 'file:{region}/{date}.csv', query: "x > '{date-1}' AND y = '{region}'", sql: "'{year}'" }
  expect(fillPlaceholders({ ...source, table: '{date}' }, NIGHT, 'UTC')).toEqual({
    ...{ uri: 'file:{region}/2026-03-01.csv', query: "x > '2026-02-28' AND y = '{region}'", sql: "'2026'" },
    table: '{date}',
  })
})

test('a scheduled time and a value fill the URIs of tables', () => {
  const source = { uri: 'file:x.csv', tables: { a: 'file:{date}.csv', b: 'file:{region}.csv' } }
  expect(openPlaceholders(source)).toEqual(['date', 'region'])
  expect(fillPlaceholders(source, NIGHT, 'UTC').tables).toEqual({ a: 'file:2026-03-01.csv', b: 'file:{region}.csv' })
  expect(setPlaceholder(source, 'region', 'A & B').tables).toEqual({ a: 'file:{date}.csv', b: 'file:A%20%26%20B.csv' })
  expect(placeholderValueProblem(source, 'region', 'A & B')).toBeUndefined()
})

test('braces of SQL are no placeholders, but for a name', () => {
  const query = `SELECT '{"a": 1}'::json, '{1,2}'::int[], 'x' ~ '^a{2,3}$', '{}', '{region}', '{date-1}'`
  expect(openPlaceholders({ uri: 'database:crm', query })).toEqual(['region', 'date-1'])
  expect(openPlaceholders({ uri: 'file:{any thing}.csv' })).toEqual(['any thing'])
  expect(openPlaceholders({ inline: [{ uri: '{date}' }] })).toEqual([])
})

test('a value is percent-encoded in a URI and written as it is in a query', () => {
  const source = { uri: 'https://h/{name}.csv', query: "name = '{name}'" }
  expect(setPlaceholder(source, 'name', 'São Paulo 3')).toEqual({
    uri: 'https://h/S%C3%A3o%20Paulo%203.csv',
    query: "name = 'São Paulo 3'",
  })
})

describe('a value in a query', () => {
  const source = { uri: 'database:crm', query: "name = '{name}'" }

  test.each(['EMEA', '2026-11-25T02:30:00', 'Łódź_2', 'a.b', '', 'x - y'])('may be %j', value => {
    expect(placeholderValueProblem(source, 'name', value)).toBeUndefined()
  })

  test.each(["'", "x' OR 'a'='a", 'a;b', 'a--b', '/*', '\\', '"', '$$', 'a\nb', 'a\u0000b', '{date}', 'a,b', '(1)'])(
    'may not be %j',
    value => {
      expect(placeholderValueProblem(source, 'name', value)).toMatch(/can't be put into a query; allowed are letters/)
      expect(placeholderValueProblem({ uri: 'file:{name}.csv' }, 'name', value)).toBeUndefined()
    },
  )
})
