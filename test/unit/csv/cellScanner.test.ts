import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCellBatches } from '../../../loader/csv/cellBatches.ts'
import { CELL, cellText, recordValues } from '../../../loader/csv/cells.ts'
import { type CsvDialect, CsvScanner } from '../../../loader/csv/csvScanner.ts'
import { SourceError } from '../../../loader/csv/errors.ts'
import { checkedUtf8 } from '../../../loader/csv/utf8.ts'

type Outcome = {
  readonly rows: readonly (readonly string[])[]
  readonly problems: readonly (readonly [row: number, problem: string])[]
  /** The message of the error that ended the reading. */
  readonly error?: string
}

const dialectOf = (parts: Partial<CsvDialect> = {}): CsvDialect => ({
  source: 'x.csv',
  delimiter: ',',
  reportsEscapes: true,
  ...parts,
})

/** The text in one piece, as the scanner of strings reads it. */
function reference(text: string, dialect: CsvDialect): Outcome {
  const rows: string[][] = []
  const problems: [number, string][] = []
  const scanner = new CsvScanner(text, true, 0, dialect)
  try {
    for (let batch = scanner.batch(1); batch.rows.length > 0; batch = scanner.batch(1)) {
      for (const [index, problem] of batch.problems) problems.push([rows.length + index + 1, problem])
      rows.push(...batch.rows)
    }
    return { rows, problems }
  } catch (error) {
    return { rows, problems, error: (error as Error).message }
  }
}

async function* inBlocks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function scan(text: string, dialect: CsvDialect, size = 7): Promise<Outcome> {
  const rows: string[][] = []
  const problems: [number, string][] = []
  const blocks = checkedUtf8('x.csv', inBlocks(Buffer.from(text), size))
  try {
    for await (const batch of readCellBatches(blocks, Buffer.alloc(0), 0, dialect)) {
      expect(batch.firstRow).toBe(rows.length + 1)
      for (const [index, problem] of batch.problems) problems.push([batch.firstRow + index, problem])
      for (let record = 0; record < batch.records; record++) rows.push(recordValues(batch, record))
    }
    return { rows, problems }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { rows, problems, error: error.message }
  }
}

/** Records before an error may be given or not: the error ends the run. */
function expectSame(found: Outcome, expected: Outcome): void {
  if (expected.error === undefined) expect(found).toEqual(expected)
  else expect(found).toEqual({ ...expected, rows: expected.rows.slice(0, found.rows.length), problems: found.problems })
}

describe('bytes are scanned as the text is', () => {
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'Ada', '', '2024-05-01', '+33 1', '3.5E+8') },
    fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', '\r', ' ', 'é', '\\', '\u00a0', '\t'),
      maxLength: 5,
    }),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  )
  const quoted = value.map(text => `"${text.replaceAll('"', '""')}"`)
  const cell = fc.oneof(
    { weight: 6, arbitrary: quoted },
    { weight: 6, arbitrary: fc.constantFrom('a', '', 'b c', 'é') },
    value,
  )
  const options = fc.record({
    dialect: fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', 'E', '§'),
      reportsEscapes: fc.boolean(),
    }),
    size: fc.integer({ min: 1, max: 40 }),
  })

  test('in files of random cells, cut into blocks of any size', async () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
    const ends = fc.array(fc.constantFrom('\n', '\r\n', '\r', '\n\n', ''), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(rows, ends, options, async (table, lineEnds, { dialect, size }) => {
        const text = table.map((cells, index) => cells.join(dialect.delimiter) + lineEnds[index]).join('')
        const expected = reference(text.toWellFormed(), dialectOf(dialect))
        expectSame(await scan(text, dialectOf(dialect), size), expected)
      }),
      { numRuns: 2000 },
    )
  })

  test('in any text', async () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\\', 'é', '""'), maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(texts, options, async (text, { dialect, size }) => {
        expectSame(await scan(text, dialectOf(dialect), size), reference(text, dialectOf(dialect)))
      }),
      { numRuns: 2000 },
    )
  })

  test('in records longer than a block and files longer than a batch', async () => {
    const long = `"${'x\n""y'.repeat(60_000)}",1\n`
    const odd = '"a" b,"1"\n ,"2"\n'
    const text = `${long}${'Ada,"1"\n'.repeat(40_000)}${odd.repeat(20_000)}${long}é,${'z'.repeat(300_000)}`
    expectSame(await scan(text, dialectOf(), 65_536), reference(text, dialectOf()))
    expectSame(await scan(text, dialectOf(), 5_000_000), reference(text, dialectOf()))
  })

  test('in a record that is too long', async () => {
    const text = `a,b\n1,${'x'.repeat(10_000_001)}\n`
    expect((await scan(text, dialectOf(), 1_000_000)).error).toBe(reference(text, dialectOf()).error)
  })
})

test.each([
  ['stray quotes', `1,${'x"y '.repeat(600_000)}\n`],
  ['quoted values with stray quotes', `${'"a"b",'.repeat(300_000)}"x"\n`],
  ['blanks before quotes', ' "a"\n'.repeat(100_000)],
  ['good and odd records in turn', 'a,"b"\n "a"\n'.repeat(50_000)],
  ['escaped quotes', `"${'\\""'.repeat(600_000)}"\n`],
  ['an open quote', `"${'a\n'.repeat(1_000_000)}`],
  ['carriage returns', '\r'.repeat(2_000_000)],
])('hostile text is scanned in linear time: %s', async (_, text) => {
  const start = performance.now()
  for (const size of [65_536, 4_000_000]) await scan(text, dialectOf(), size)
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('the marks of a cell say which bytes it has', async () => {
  const text = 'a 1,"b",+1,E,\\,"1,2","x\ny","x""y",5",é,\u0001,\tz\n'
  const marks: number[] = []
  for await (const batch of readCellBatches(inBlocks(Buffer.from(text), 64), Buffer.alloc(0), 0, dialectOf())) {
    marks.push(...batch.marks.subarray(0, batch.firstCells[1]))
    expect(cellText(batch, 7)).toBe('x"y')
    expect(cellText(batch, 8)).toBe('5"')
    expect(cellText(batch, 9)).toBe('é')
  }
  const { PLUS, CAPITAL_E, BACKSLASH, COMMA, LINE_END, UNUSUAL, QUOTE, QUOTED } = CELL
  expect(marks).toEqual([
    0,
    QUOTED,
    PLUS,
    CAPITAL_E,
    BACKSLASH,
    QUOTED | COMMA,
    QUOTED | LINE_END,
    QUOTED | QUOTE,
    QUOTE,
    UNUSUAL,
    UNUSUAL,
    0,
  ])
})
