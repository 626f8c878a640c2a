import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { PapaParser } from '../../../loader/csv/papaParser.ts'

const CHECK = 'papaparse changed: check its class Parser against loader/csv/papaParser.ts, then set the version here'

test('the private parser is from the version that it was checked against', () => {
  const { version } = createRequire(import.meta.url)('papaparse/package.json') as { version: string }
  expect(version, CHECK).toBe('5.7.1')
})

test('reports how much of a block was used, and leaves the last record on request', () => {
  const result = new PapaParser({ delimiter: ',', newline: '\n' }).parse('a,b\n"c\n",d\ne', 0, true)
  expect(result.data, CHECK).toEqual([
    ['a', 'b'],
    ['c\n', 'd'],
  ])
  expect(result.meta.cursor, CHECK).toBe('a,b\n"c\n",d\n'.length)
})

test('reports the cursor and the errors of each record in a step', () => {
  const cursors: number[] = []
  const errors: string[] = []
  const parser = new PapaParser({
    delimiter: ',',
    newline: '\n',
    step: ({ meta, errors: found }) => {
      cursors.push(meta.cursor)
      errors.push(...found.map(({ code }) => code))
    },
  })
  parser.parse('a\n"b', 0, false)
  expect(cursors, CHECK).toEqual([2, 4])
  expect(errors, CHECK).toEqual(['MissingQuotes'])
})
