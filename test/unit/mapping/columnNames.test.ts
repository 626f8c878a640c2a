import { describe, expect, test } from 'vitest'
import { findColumns, shownNames } from '../../../loader/mapping/columnNames.ts'

const find = (column: string, header: readonly string[]) => findColumns([{ use: 'fields.LastName', column }], header)

describe('a column is found', () => {
  test.each([
    ['last name', 'last\u00a0name'],
    ['last name', 'last  name'],
    ['last name', '\uFEFFlast\u200b name\u200f'],
    ['last name', 'last\tname '],
    ['lastname', 'last\u200bname'],
    ['first\nname', 'first name'],
    ['Größe', 'Gro\u0308ße'],
    ['Gro\u0308ße', 'Größe'],
    [' id ', 'id'],
  ])('although invisible characters differ: %j in %j', (column, name) => {
    expect(find(column, ['x', name])).toEqual({ ok: true, positions: new Map([[column, 1]]) })
  })

  test('by its exact name before another that only looks like it', () => {
    expect(find('id', ['\uFEFFid', 'id'])).toMatchObject({ positions: new Map([['id', 1]]) })
  })

  test('beside columns without a name, and beside a name that occurs twice and is not needed', () => {
    expect(find('id', ['', 'note', 'id', 'note', ''])).toMatchObject({ positions: new Map([['id', 2]]) })
  })
})

test('the header is listed once, with each name in quotes: a comma or a blank inside a name is visible', () => {
  expect(shownNames(['Name, Vorname;E-Mail', ' id'])).toBe('"Name, Vorname;E-Mail", " id"')
  expect(shownNames(Array.from({ length: 60 }, () => 'x'))).toMatch(/"x" and 10 more$/)
})

describe('a column is a problem', () => {
  test.each([
    ['last', ['lats'], 'fields.LastName: column "last" is not in the header of the source; did you mean "lats"?'],
    ['id', ['id', 'x', 'id'], 'fields.LastName: column "id" occurs more than once in the header (columns 1, 3)'],
    ['i d', ['i\u00a0d', 'i  d'], 'column "i d" occurs more than once in the header (columns 1, 2)'],
  ])('%j in %j', (column, header, message) => {
    expect(find(column, header)).toMatchObject({ ok: false, problems: [expect.stringContaining(message)] })
  })

  test('with a message of bounded length, in a bounded time', () => {
    const header = Array.from({ length: 5_000 }, (_, index) => `${'x'.repeat(195)}${index}`)
    const needed = Array.from({ length: 2_000 }, (_, index) => ({
      use: 'fields.X',
      column: `${'y'.repeat(1_000)}${index}`,
    }))
    const start = performance.now()
    const found = findColumns(needed, header)
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(found.ok ? [] : found.problems.map(({ length }) => length).filter(length => length > 300)).toEqual([])
  })
})

test('a header of one column that is none of the needed ones is one problem: the delimiter is wrong', () => {
  const needed = ['last', 'first', 'email'].map(column => ({ use: `fields.${column}`, column }))
  expect(findColumns(needed, ['last;first;email'])).toEqual({
    ok: false,
    problems: [
      'the header has one column only; check the delimiter of the source, quotes around whole lines, and lines above the header',
    ],
  })
})
