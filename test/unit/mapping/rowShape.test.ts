import { expect, test } from 'vitest'
import { compileRowShape } from '../../../loader/mapping/rowShape.ts'

const HEADER = ['id', 'name', '', 'title', '']

test.each([
  ['as many values as columns', ['1', 'a', 'b', 'c', ''], ['1', 'a', 'b', 'c', '']],
  ['a value in a column without a name between others', ['1', 'a', 'x', 'c', ''], ['1', 'a', 'x', 'c', '']],
  ['no value for a column without a name at the end', ['1', 'a', '', 'c'], ['1', 'a', '', 'c', '']],
])('a row with %s is accepted', (_, row, read) => {
  expect(compileRowShape(HEADER, {})(row)).toEqual(read)
})

test.each([
  [
    'too few values',
    ['1', 'a'],
    'Row has 2 values, the header has 5 columns (the delimiter is ";"); it lacks "", "title"',
  ],
  [
    'too many values',
    ['1', 'a', '', 'c', '', 'x'],
    'Row has 6 values, the header has 5 columns (the delimiter is ";"); put a value that contains the delimiter into quotes',
  ],
  ['a value behind the last name', ['1', 'a', '', 'c', 'x'], 'Row has a value in column 5, which has no name'],
])('a row with %s is rejected, because it may be cut or shifted', (_, row, message) => {
  expect(compileRowShape(HEADER, { delimiter: ';' })(row)).toMatchObject({
    errorCode: 'RAGGED_ROW',
    errorMessage: expect.stringContaining(message),
  })
})

test.each([
  ['as it is', ['id', 'name', '', 'title', '']],
  ['with a byte order mark and blanks', ['\uFEFFid', 'name ', '', ' title', '']],
])('the header again, %s, is rejected: it comes from files that were joined', (_, row) => {
  expect(compileRowShape(HEADER, {})(row)).toMatchObject({ errorMessage: expect.stringContaining('the header again') })
  expect(compileRowShape(HEADER, {})(row.with(1, 'Name Weber'))).toHaveLength(5)
})

test('a short row is filled up where the sync allows it; a long one stays rejected', () => {
  const shapeOf = compileRowShape(['id', 'name', 'title'], { shortRows: 'fill' })
  expect(shapeOf(['1'])).toEqual(['1', '', ''])
  expect(shapeOf(['1', 'a', 'b', ''])).toMatchObject({ errorCode: 'RAGGED_ROW' })
})
