import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { CsvScanner, MAX_COLUMNS } from '../../../loader/csv/csvScanner.ts'
import { CsvCutError, CsvQuoteError, CsvRecordTooLongError } from '../../../loader/csv/errors.ts'

function scan(text: string, delimiter = ',', reportsEscapes = true) {
  const scanner = new CsvScanner(text, true, 0, { source: 'x.csv', delimiter, reportsEscapes })
  const rows: string[][] = []
  const problems: [row: number, problem: string][] = []
  for (;;) {
    const batch = scanner.batch(7)
    if (batch.rows.length === 0) return { rows, problems }
    for (const [index, problem] of batch.problems) problems.push([rows.length + index + 1, problem])
    rows.push(...batch.rows)
  }
}

describe('line ends', () => {
  test.each(['\n', '\r\n', '\r', '\r\r\n', '\n\r', '\r\n\n'])('%j ends a record, and gives no empty ones', end => {
    const text = ['name,id', '"Weber, Ada",1', 'Berg,2', ',', '"a\r\nb",3', ''].join(end)
    expect(scan(text).rows).toEqual([
      ['name', 'id'],
      ['Weber, Ada', '1'],
      ['Berg', '2'],
      ['', ''],
      ['a\r\nb', '3'],
    ])
  })

  test('may be mixed in one file', () => {
    expect(scan('a\nb\r\nc\rd\r\r\n\n\r"e"\r\n').rows.flat()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('quotes', () => {
  test.each([
    ['1, "Weber",x', ['1', 'Weber', 'x']],
    ['1,\u00a0"Berg, jr." ,\t"x"\u3000', ['1', 'Berg, jr.', 'x']],
    ['  "a"  ,b', ['a', 'b']],
    ['5" tube, x ,C:\\temp\\', ['5" tube', ' x ', 'C:\\temp\\']],
    ['"C:\\temp\\","{""k"":""say \\""hi\\""""}"', ['C:\\temp\\', '{"k":"say \\"hi\\""}']],
    ['"",""""', ['', '"']],
  ])('%j are read', (text, cells) => {
    expect(scan(text)).toEqual({ rows: [cells], problems: [] })
  })

  test.each([
    ['"1","TV 50\\"","a@x","x"', 2, ['1', 'TV 50"', 'a@x', 'x']],
    ['"2","Berg \\"jr., the\\" younger","b@x","y"', 2, ['2', 'Berg "jr., the" younger', 'b@x', 'y']],
    ['2,Berg \\"jr\\",x', 2, ['2', 'Berg \\"jr\\"', 'x']],
    ['2,"Berg \\""jr",x', 2, ['2', 'Berg \\"jr', 'x']],
    ['1,"J. "Jo" S.",2', 2, ['1', 'J. "Jo" S.', '2']],
    ['"b" and "c",2', 1, ['b" and "c', '2']],
    ['1,"a" ,"b"x"\t', 3, ['1', 'a', 'b"x']],
  ])('%j are a problem of their row alone', (text, value, cells) => {
    const { rows, problems } = scan(`first,"1"\n${text}\nlast,"2"\n`)
    expect(rows).toEqual([['first', '1'], cells, ['last', '2']])
    expect(problems).toEqual([[2, expect.stringContaining(`Value ${value} has `)]])
  })

  test('that a backslash escapes at the end of a line do not hide the next records', () => {
    const { rows, problems } = scan('"1","TV 50\\""\n"2","b"\n')
    expect(rows).toEqual([
      ['1', 'TV 50"'],
      ['2', 'b'],
    ])
    expect(problems).toEqual([[1, expect.stringContaining('backslash')]])
  })

  test.each(['"5" tube,x\n"6 inch",y\n', '"a "b" c\nd",x\n', '1,"a\nb" c",2\n'])('%j may hide other records', text => {
    expect(() => scan(text)).toThrow(CsvQuoteError)
  })

  test('that stay open mean a cut file', () => {
    expect(() => scan('a,"b\n')).toThrow(CsvCutError)
  })

  test('after a backslash are characters in our own files', () => {
    expect(scan('"x\\""y",1', ',', false)).toEqual({ rows: [['x\\"y', '1']], problems: [] })
  })
})

test('agrees with papaparse wherever a file is well-formed', () => {
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é', "'"), maxLength: 6 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  )
  const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
  const style = fc.record({
    quotes: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    newline: fc.constantFrom('\n' as const, '\r\n' as const),
  })
  fc.assert(
    fc.property(rows, style, (table, { quotes, delimiter, newline }) => {
      const text = Papa.unparse(table, { quotes, delimiter, newline })
      const reference = Papa.parse<string[]>(text, { delimiter, newline }).data
      expect(scan(text, delimiter, false)).toEqual({ rows: reference, problems: [] })
    }),
    { numRuns: 2000 },
  )
})

test('gives the same records of any text, however it is cut into blocks', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\\'), maxLength: 40 })
  const outcome = (read: () => unknown) => {
    try {
      return read()
    } catch (error) {
      return (error as Error).name
    }
  }
  const inBlocks = (text: string, size: number) => {
    const rows: string[][] = []
    let block = ''
    for (let at = 0; at <= text.length; at += size) {
      block += text.slice(at, at + size)
      const dialect = { source: 'x.csv', delimiter: ',', reportsEscapes: true }
      const scanner = new CsvScanner(block, at + size > text.length, 0, dialect)
      let end = 0
      for (;;) {
        const batch = scanner.batch(3)
        end = batch.end
        if (batch.rows.length === 0) break
        rows.push(...batch.rows)
      }
      block = block.slice(end)
    }
    return rows
  }
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 9 }), (text, size) => {
      expect(outcome(() => inBlocks(text, size))).toEqual(outcome(() => scan(text).rows))
    }),
    { numRuns: 3000 },
  )
})

describe('hostile text is scanned in linear time', () => {
  test.each([
    ['stray quotes', `1,${'x"y '.repeat(600_000)}\n`],
    ['quoted values with stray quotes', `${'"a"b",'.repeat(300_000)}"x"\n`],
    ['blanks between quotes', `${'"a"   b",'.repeat(200_000)}x\n`],
    ['escaped quotes', `"${'\\""'.repeat(600_000)}"\n`],
    ['open quotes', `${'"\\"'.repeat(300_000)}x"\n`],
    ['blanks', `1,${' '.repeat(2_000_000)}x\n`],
    ['carriage returns', '\r'.repeat(2_000_000)],
    ['one value a line', 'y\n'.repeat(500_000)],
  ])('%s', (_, text) => {
    const start = performance.now()
    try {
      scan(text)
    } catch (error) {
      expect(error).toBeInstanceOf(CsvQuoteError)
    }
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('a row keeps no more values than a source may have columns', () => {
    expect(scan(`${','.repeat(3_000_000)}\n`).rows[0]).toHaveLength(MAX_COLUMNS + 1)
    expect(scan(`"a"${','.repeat(3_000_000)}\n`).rows[0]?.length).toBeLessThanOrEqual(MAX_COLUMNS + 1)
  })

  test('a record of more than 10,000,000 characters is rejected, although its end is known', () => {
    expect(() => scan(`a,${'x'.repeat(10_000_001)}\n`)).toThrow(CsvRecordTooLongError)
  })
})
