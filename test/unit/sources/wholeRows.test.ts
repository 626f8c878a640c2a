import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readOwnCells } from '../../../loader/csv/ownCsv.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import { columnNames } from '../../../loader/sources/duckdb/columnNames.ts'
import { wholeRows } from '../../../loader/sources/wholeRows.ts'
import { allRows, cut, DELIMITERS, LINE_ENDS, streamed, valueFor, written } from './tables.ts'

test('rows of any dialect are rendered as rows with the same values', async () => {
  // A backslash before a quote is a problem of the row.
  const value = valueFor('utf-8').map(text => text.replaceAll('\\', '/'))
  const tables = fc.constantFrom(...DELIMITERS).chain(delimiter =>
    fc.integer({ min: 1, max: 4 }).chain(columns =>
      fc.record({
        rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 8,
        }),
        style: fc.record({
          delimiter: fc.constant(delimiter),
          lineEnd: fc.constantFrom(...LINE_ENDS),
          encoding: fc.constant('utf-8' as const),
          mark: fc.boolean(),
          quoteAll: fc.boolean(),
          lastLineEnd: fc.boolean(),
        }),
        sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
      }),
    ),
  )
  await fc.assert(
    fc.asyncProperty(tables, async ({ rows, style, sizes }) => {
      const header = (rows[0] ?? []).map((_, index) => `the column ${index}`)
      const bytes = written([header, ...rows], style)
      const reader = await readCsv(streamed(cut(bytes, sizes)), { delimiter: style.delimiter })
      const blocks: Buffer[] = []
      for await (const block of wholeRows(reader, false)) blocks.push(Buffer.from(block))
      const again = written([header], { ...style, delimiter: ',', mark: false, lineEnd: '\n', lastLineEnd: true })
      expect(await allRows(await readOwnCells('x', streamed([again, ...blocks])))).toEqual(rows)
    }),
  )
})

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['Note', 'x', 'note', ''],
    ['Note_1', 'x', 'note_3', 'column4'],
  ],
  [
    ['a', 'a', 'a_1'],
    ['a_4', 'a_2', 'a_1'],
  ],
  [
    ['', 'column1'],
    ['column3', 'column1'],
  ],
])('the columns %j have the names %j in SQL', (header, names) => {
  expect(columnNames(header)).toEqual(names)
  expect(new Set(names.map(name => name.toLowerCase())).size).toBe(header.length)
})
