import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CsvReader, type CsvRow } from '../../bulk/csvReader.ts'

function cutInto(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map(cut => cut % (text.length + 1)))].sort((a, b) => a - b)
  return [...places, text.length].map((end, index) => text.slice(index === 0 ? 0 : places[index - 1], end))
}

function read(pieces: readonly string[], delimiter = ','): CsvRow[] {
  const reader = new CsvReader(delimiter)
  return [...pieces.flatMap(piece => reader.push(piece)), ...reader.end()]
}

function valuesOf(text: string, delimiter?: string) {
  return read([text], delimiter).map(({ values }) => values)
}

function quoted(value: string) {
  return `"${value.replaceAll('"', '""')}"`
}

describe('reading an uploaded CSV', () => {
  test('returns every quoted value, wherever the upload is cut', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '😀') })
    const row = fc.array(value, { minLength: 2, maxLength: 4 })
    const table = fc.array(row, { maxLength: 6 })
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (rows, cuts, end) => {
        const text = rows.map(cells => cells.map(quoted).join(',') + end).join('')
        const found = read(cutInto(text, cuts))
        expect(found.map(({ values }) => values)).toEqual(rows)
        expect(found.some(({ malformed }) => malformed)).toBe(false)
      }),
    )
  })

  test('skips blank lines, and returns a line of empty quotes as a row', () => {
    expect(valuesOf('a\n\n""\n\r\n1\n')).toEqual([['a'], [''], ['1']])
  })

  test('keeps values without quotes unchanged, including blanks', () => {
    expect(valuesOf('a, b ,c\n1,,3')).toEqual([
      ['a', ' b ', 'c'],
      ['1', '', '3'],
    ])
  })

  test('reads each delimiter that a job may declare', () => {
    for (const delimiter of ['`', '^', ',', '|', ';', '\t'])
      expect(valuesOf(`a${delimiter}"b${delimiter}"\n`, delimiter)).toEqual([['a', `b${delimiter}`]])
  })

  test('skips blank lines', () => {
    expect(valuesOf('a,b\n\n1,2\r\n\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  test('marks a row with text outside the quotes', () => {
    expect(read(['a\n"b" \n"c"\nd"e\n']).map(({ malformed }) => malformed)).toEqual([false, true, false, true])
  })

  test('marks a row that ends inside quotes', () => {
    expect(read(['a,b\n1,"2'])).toMatchObject([{ malformed: false }, { values: ['1', '2'], malformed: true }])
  })
})
