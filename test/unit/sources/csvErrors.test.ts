import { describe, expect, test } from 'vitest'
import {
  CsvCutError,
  CsvQuoteError,
  CsvRecordTooLongError,
  SourceEmptyError,
  SourceError,
} from '../../../loader/csv/errors.ts'
import { type CsvOptions, readCsv } from '../../../loader/sources/csv.ts'
import { SourceHeaderError, SourceOptionError } from '../../../loader/sources/errors.ts'
import { allRows, streamOf } from './tables.ts'

async function failure(text: string | AsyncIterable<Uint8Array>, options: CsvOptions = {}): Promise<SourceError> {
  const bytes = typeof text === 'string' ? streamOf(text) : text
  const error = await readCsv(bytes, { description: 'data/x.csv', ...options })
    .then(allRows)
    .then(
      () => expect.fail('it was read'),
      (thrown: unknown) => thrown,
    )
  if (!(error instanceof SourceError)) throw error
  expect(error.message).toContain('data/x.csv')
  expect(error.message).not.toMatch(/[\r\n]/)
  return error
}

describe('the header', () => {
  async function header(text: string, options: CsvOptions = {}) {
    const reader = await readCsv(streamOf(text), options)
    return { names: reader.header, delimiter: reader.reading().text?.delimiter, rows: await allRows(reader) }
  }

  test.each([
    ['a,b,c', ','],
    ['a;b;c', ';'],
    ['a\tb\tc', '\t'],
    ['a|b|c', '|'],
    ['a^b^c', '^'],
    ['a`b`c', '`'],
    ['"x, y, z";b;"c, d"', ';'],
    ['"a ""1, 2, 3"""\tb', '\t'],
    ['5" tube, long;b;c', ';'],
    ['only', ','],
    ['"a,b"', ','],
    ['a^2,b^2', ','],
  ])('%j shows its delimiter', async (text, delimiter) => {
    expect((await header(`${text}\n`)).delimiter).toBe(delimiter)
  })

  test('is trimmed, and may contain line ends and quotes', async () => {
    const { names, rows } = await header(' a ,"b\n2"," ""c"" "\r\n1,2,3\r\n')
    expect(names).toEqual(['a', 'b\n2', '"c"'])
    expect(rows).toEqual([['1', '2', '3']])
  })

  test("may follow blank lines and Excel's line with the delimiter", async () => {
    expect(await header('\r\n  \r\na;b\r\n1;2')).toMatchObject({ names: ['a', 'b'], rows: [['1', '2']] })
    expect(await header('sep=,\r\na;b,c\r\n1;2,3')).toMatchObject({ names: ['a;b', 'c'], rows: [['1;2', '3']] })
    expect(await header('sep=;\na\n1')).toMatchObject({ names: ['a'], delimiter: ';' })
  })

  test.each(['a,b', 'a,b\n', 'a,b\r\n\r\n', '\uFEFFa,b\r'])('alone is a source without records: %j', async text => {
    expect(await header(text)).toEqual({ names: ['a', 'b'], delimiter: ',', rows: [] })
  })

  test('may repeat names and lack them: the mapping reports the columns that it needs', async () => {
    const { names, rows } = await header('a, b,,a,"",\n1,2,3,4,5,6\n')
    expect(names).toEqual(['a', 'b', '', 'a', '', ''])
    expect(rows).toEqual([['1', '2', '3', '4', '5', '6']])
  })

  test('may follow rows of delimiters only, as a spreadsheet leaves them above a table', async () => {
    expect(await header(`${';;\n'.repeat(3)}"";\u00a0;""\na;b;c\n1;2;3`)).toMatchObject({ names: ['a', 'b', 'c'] })
  })

  test('may have blanks before its quotes', async () => {
    expect(await header('"id", "last, name" , "mail"\n"1", "Head, jr.", "x"\n')).toEqual({
      names: ['id', 'last, name', 'mail'],
      delimiter: ',',
      rows: [['1', 'Head, jr.', 'x']],
    })
  })

  test.each([
    ['Name, Vorname;E-Mail', 'Weber;a@x', ';'],
    ['Name, Vorname, Titel;E-Mail', 'Weber, Ada;a@x\nBerg;b@x', ';'],
    ['id|name, first', '1|Ada\n2|Bo', '|'],
    ['a,b;c', '\n,\n1,2;2', ','],
    ['a;b,c', '1,5;2,5\n1,5;2', ';'],
  ])('%j above %j is separated by %j: its records fit', async (head, records, delimiter) => {
    expect((await header(`${head}\n${records}`)).delimiter).toBe(delimiter)
  })

  test('that two delimiters fit equally well is an error that names the setting', async () => {
    const error = await failure('Name, Vorname;E-Mail\r\nWeber, Ada;a@x\r\nBerg, Bo;b@x\r\n')
    expect(error).toBeInstanceOf(SourceOptionError)
    expect(error.message).toContain('its header may be separated by "," or ";". Set delimiter beside its uri')
  })

  test('with more columns than 5,000, or with misplaced quotes, is rejected in a short message', async () => {
    const many = await failure(`a${',a'.repeat(300_000)}\n1\n`)
    expect(many).toBeInstanceOf(SourceHeaderError)
    expect(many.message.length).toBeLessThan(300)
    expect((await failure('a,"b"c"\n1,2\n')).message).toContain('Value 2 has text after its closing quote')
  })

  test('declares its delimiter once: a second line sep= is the header', async () => {
    expect(await header(`sep=;\n${'sep=;\n'.repeat(20_000)}`)).toMatchObject({ names: ['sep=', ''] })
  })

  test('that is cut in a quoted name is reported with its line', async () => {
    const error = await failure('\na,"b\nc')
    expect(error).toBeInstanceOf(CsvCutError)
    expect(error.problem).toMatchObject({ kind: 'cut', line: 2 })
  })

  test('that never ends is rejected before all is read', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 1
        yield Buffer.from('no line end in sight '.repeat(10_000))
      }
    }
    expect(await failure(endless())).toBeInstanceOf(CsvRecordTooLongError)
    expect(given).toBeLessThan(20)
  })
})

test('a message is one line, in a time that does not grow with the square of a name', () => {
  const start = performance.now()
  const { message } = new SourceHeaderError(`a${' '.repeat(1_000_000)}b`, `x\r\n\r\n ${'\n '.repeat(300_000)}y`, 'z')
  expect(message).not.toMatch(/[\r\n]/)
  expect(performance.now() - start).toBeLessThan(5_000)
})

test.each(['', '\uFEFF', '\n', ' \r\n\r\n', 'sep=;\n'])('a source of %j is empty', async text => {
  const error = await failure(text)
  expect(error).toBeInstanceOf(SourceEmptyError)
  expect(error.message).toContain('is empty: it has no header row')
})

test.each(['', 'ab', '"', '\n', '\uFEFF'])('the delimiter %j is rejected', async delimiter => {
  expect(await failure('a,b\n', { delimiter })).toBeInstanceOf(SourceOptionError)
})

describe('quotes', () => {
  test('that are never closed mean a cut file, reported with the line where they open', async () => {
    const error = await failure('a,b\r\n1,"x\r\ny"\r\n2,"cut here\r\n3,4\r\n')
    expect(error).toBeInstanceOf(CsvCutError)
    expect(error.message).toContain('ends in the middle of a quoted value that opens at line 4.')
  })

  test('cut directly after an escaped quote are detected as cut', async () => {
    expect((await failure('a,b\n1,"x""')).problem).toMatchObject({ kind: 'cut', line: 2 })
    expect((await failure('a\n"')).problem).toMatchObject({ kind: 'cut', line: 2 })
    expect((await failure('a\r1\r"x')).problem).toMatchObject({ kind: 'cut', line: 3 })
  })

  test('closed at the very end of the file are complete', async () => {
    for (const end of ['', '\r', '\n', '\r\n', '  ']) {
      expect(await allRows(await readCsv(streamOf(`a,b\n1,"2"${end}`)))).toEqual([['1', '2']])
    }
  })

  test('that include the next record are an error with their line', async () => {
    const error = await failure('a,b\n1,2\n"5" tube,x\n"6 inch",y\n')
    expect(error).toBeInstanceOf(CsvQuoteError)
    expect(error.problem).toMatchObject({ kind: 'quotes', line: 3 })
  })

  test('are reported with their line also deep in a large file', async () => {
    const text = `a,b\n${'1,"2\n3"\n'.repeat(150_000)}9,"cut`
    expect((await failure(text)).problem).toMatchObject({ line: 300_002 })
  })

  test('that are never closed do not buffer the whole file', async () => {
    let given = 0
    async function* endless() {
      yield Buffer.from('a,b\n1,2\n3,"never closed\n')
      for (;;) {
        given += 1
        yield Buffer.from('4,5\n'.repeat(50_000))
      }
    }
    const error = await failure(endless())
    expect(error).toBeInstanceOf(CsvRecordTooLongError)
    expect(error.problem).toMatchObject({ line: 3, allowed: 10_000_000 })
    expect(given).toBeLessThan(200)
  })
})
