import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../loader/sources/csv.ts'
import {
  allRows,
  cut,
  DELIMITERS,
  LINE_ENDS,
  RANDOM_ENCODINGS,
  type Style,
  streamed,
  streamOf,
  tableFor,
  written,
} from './tables.ts'

const styles: fc.Arbitrary<Style> = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS, '^', '`', '§'),
  lineEnd: fc.constantFrom(...LINE_ENDS),
  encoding: fc.constantFrom(...RANDOM_ENCODINGS),
  mark: fc.boolean(),
  quoteAll: fc.boolean(),
  lastLineEnd: fc.boolean(),
})

const cases = styles.chain(style => fc.record({ style: fc.constant(style), table: tableFor(style.encoding) }))

function headerOf(table: readonly (readonly string[])[]): string[] {
  return (table[0] ?? ['a', 'b']).map((_, index) => `column ${index + 1}`)
}

function marked(style: Style): Style {
  return { ...style, mark: style.mark && style.encoding !== 'windows-1252' }
}

describe('any table', () => {
  test('is read back unchanged, in any style, when delimiter and encoding are given', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (one, sizes) => {
        const { delimiter, encoding } = one.style
        const header = headerOf(one.table)
        const table = tableOf(one)
        const bytes = written([header, ...table], marked(one.style))
        const reader = await readCsv(streamed(cut(bytes, sizes)), { delimiter, encoding })
        expect(reader.header).toEqual(header)
        expect(await allRows(reader)).toEqual(table)
      }),
      { numRuns: 1500 },
    )
  })

  test('is read back unchanged when delimiter and encoding are detected', async () => {
    // A header with one column shows no delimiter: the default is the comma.
    const detectable = cases.filter(
      ({ style: { delimiter }, table }) => delimiter !== '§' && (delimiter === ',' || headerOf(table).length > 1),
    )
    await fc.assert(
      fc.asyncProperty(detectable, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (one, sizes) => {
        // UTF-16 is detected by its byte order mark, windows-1252 by bytes that are not UTF-8.
        const style = { ...marked(one.style), mark: one.style.encoding.startsWith('utf-16') || marked(one.style).mark }
        const header = [...headerOf(one.table).slice(1), 'Größe']
        const table = tableOf(one)
        const reader = await readCsv(streamed(cut(written([header, ...table], style), sizes)))
        expect(await allRows(reader)).toEqual(table)
        expect(reader.reading().text).toMatchObject({ encoding: style.encoding, delimiter: style.delimiter })
      }),
      { numRuns: 1000 },
    )
  })

  test('is read back when records and blocks are large', async () => {
    const values = fc.constantFrom('"', ',', '\r\n', '\n', 'x'.repeat(130_000), 'é'.repeat(50_000), 'short', '')
    const tables = fc.array(fc.array(values, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(tables, styles, fc.integer({ min: 1000, max: 300_000 }), async (table, style, size) => {
        const delimiter = style.delimiter
        const bytes = written([['a', 'b', 'c'], ...table], { ...style, encoding: 'utf-8' })
        expect(await allRows(await readCsv(streamed(cut(bytes, [size])), { delimiter }))).toEqual(table)
      }),
      { numRuns: 40 },
    )
  })
})

type Case = { readonly style: Style; readonly table: readonly (readonly string[])[] }

/** Text of windows-1252 whose bytes are all UTF-8 is rejected. */
function tableOf({ style, table }: Case): readonly (readonly string[])[] {
  return style.encoding === 'windows-1252' ? table.map(row => row.map(withoutUtf8Lookalikes)) : table
}

/** In windows-1252 `Ã` followed by one of these would be a UTF-8 character. */
function withoutUtf8Lookalikes(value: string): string {
  return value.replaceAll(/[€”]/g, '')
}

describe('records', () => {
  async function rowsOf(text: string) {
    return await allRows(await readCsv(streamOf(text)))
  }

  test('keep their number of values', async () => {
    expect(await rowsOf('a,b\n1\n1,2,3\n1,2\n')).toEqual([['1'], ['1', '2', '3'], ['1', '2']])
  })

  test('of delimiters only are records; empty lines are not', async () => {
    expect(await rowsOf('a,b\n\n,\r\n\r\n1,2\n\n')).toEqual([
      ['', ''],
      ['1', '2'],
    ])
  })

  test('of a single column are distinguished from empty lines by their quotes', async () => {
    expect(await rowsOf('a\n\n""\nx\n""\r\n\r\n""')).toEqual([[''], ['x'], [''], ['']])
  })

  test('end with LF and with CRLF in the same file', async () => {
    expect(await rowsOf('a,b\r\n1,2\n3,"4"\r\n"5","6\r\n7"\n"8\r","9\r"\r\n')).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5', '6\r\n7'],
      ['8\r', '9\r'],
    ])
  })

  test('keep quotes inside unquoted values, and spaces', async () => {
    expect(await rowsOf('a,b\n5" tube, x \n"J. ""Jo"" S." ,2\n')).toEqual([
      ['5" tube', ' x '],
      ['J. "Jo" S.', '2'],
    ])
  })

  test('keep undoubled quotes as long as they end on their line', async () => {
    expect(await rowsOf('a,b\n"J. "Jo" S.",2\n3,4\n')).toEqual([
      ['J. "Jo" S.', '2'],
      ['3', '4'],
    ])
  })

  test('may have thousands of columns', async () => {
    const columns = Array.from({ length: 5000 }, (_, index) => `c${index}`)
    const rows = Array.from({ length: 30 }, (_, row) => columns.map((_, index) => `${row}.${index}`))
    expect(await rowsOf([columns, ...rows].map(row => row.join(';')).join('\n'))).toEqual(rows)
  })

  test('come in small batches again after a very long one', async () => {
    async function* bytes() {
      yield Buffer.from(`a,b\n"${'x'.repeat(8_500_000)}",1\n`)
      for (let block = 0; block < 20; block++) yield Buffer.from('y\n'.repeat(50_000))
    }
    const sizes: number[] = []
    for await (const { records } of (await readCsv(bytes())).batches) sizes.push(records)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(1_000_001)
    expect(Math.max(...sizes)).toBeLessThan(50_000)
  })

  test('without a value are passed over on request, and counted', async () => {
    const text = `a,b\n1,2\n,\n${' ,\u00a0\r\n'.repeat(100_000)}"",""\n3,\n\u001a`
    const reader = await readCsv(streamOf(text), { skipEmptyRows: true })
    expect(await allRows(reader)).toEqual([
      ['1', '2'],
      ['3', ''],
    ])
    expect(reader.reading().emptyRows).toBe(100_003)
  })

  test('of one column are passed over when their line is blank, not when they are a blank value in quotes', async () => {
    const reader = await readCsv(streamOf('a\n""\n  \nx\n\u001a'), { skipEmptyRows: true })
    expect(await allRows(reader)).toEqual([[''], ['x']])
    expect(reader.reading().emptyRows).toBe(2)
  })

  test('are read no faster than they are requested', async () => {
    let given = 0
    async function* endless() {
      yield Buffer.from('a,b\n')
      for (;;) {
        given += 1
        yield Buffer.from('1,2\n'.repeat(20_000))
      }
    }
    const reader = await readCsv(endless())
    for await (const batch of reader.batches) {
      expect(batch.records).toBeGreaterThan(0)
      if (batch.firstRow > 100_000) break
    }
    expect(given).toBeLessThan(20)
  })
})

describe('closing', () => {
  test('releases the bytes before they are read to their end', async () => {
    let released = 0
    async function* bytes() {
      try {
        for (;;) yield Buffer.from('a,b\n1,2\n'.repeat(10_000))
      } finally {
        released += 1
      }
    }
    const unread = await readCsv(bytes())
    await unread.close()
    expect(released).toBe(1)
    for await (const _ of (await readCsv(bytes())).batches) break
    expect(released).toBe(2)
    async function* broken() {
      yield* bytes()
    }
    await expect(readCsv(broken(), { delimiter: ';', encoding: 'utf-16le' })).rejects.toThrow()
    expect(released).toBe(3)
  })
})
