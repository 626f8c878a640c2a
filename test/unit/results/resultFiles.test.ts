import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { csvRecords } from '../../../loader/csv/ownCsv.ts'
import {
  chunkResultsHeader,
  chunkResultsLine,
  readChunkResult,
  recordResults,
} from '../../../loader/results/chunkResults.ts'
import { ErrorCounter, MAX_ERROR_CODES } from '../../../loader/results/errorCounts.ts'
import { mergeByRow, type RowStream } from '../../../loader/results/mergeByRow.ts'
import {
  compileRejectedCsv,
  compileResultsLine,
  resultsHeader,
  utcTimestamp,
} from '../../../loader/results/resultsCsv.ts'
import { addTallies, completedOutcome, EMPTY_TALLY, tallyOf } from '../../../loader/results/tally.ts'
import type { RecordResult } from '../../../packages/client/contract/runReport.ts'
import type { ExtraResultColumn } from '../../../packages/client/contract/syncSpec.ts'

const CREATED: RecordResult = {
  row: 3,
  operation: 'create',
  outcome: 'created',
  id: '003A',
  errorCode: '',
  errorMessage: '',
  timestamp: utcTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
  identity: ['7', 'a@b.example'],
}
const FAILED: RecordResult = {
  ...CREATED,
  outcome: 'failed',
  id: '',
  errorCode: 'REQUIRED_FIELD_MISSING',
  errorMessage: 'Required fields are missing: [LastName, Company]',
}

/** The line of results.csv for a result that is read back from its chunk's file. */
function shown(extra: readonly ExtraResultColumn[], result: RecordResult): string {
  return compileResultsLine(extra)(readChunkResult(chunkResultsLine(result).slice(0, -1)))
}

describe('results.csv', () => {
  test('has the documented columns', () => {
    const line = (result: RecordResult) => shown([], result)
    expect(resultsHeader(['customer_id', 'email'], [])).toBe('status,errormessage,timestamp,customer_id,email\n')
    expect(line(CREATED)).toBe('true,,2026-01-02T03:04:05,7,a@b.example\n')
    expect(line(FAILED)).toBe(
      'error,"Required fields are missing: [LastName, Company]",2026-01-02T03:04:05,7,a@b.example\n',
    )
    expect(line({ ...CREATED, outcome: 'in_doubt' })).toMatch(/^error,/)
  })

  test('has an apostrophe before a formula on request, and values as they are otherwise', () => {
    const identity = ["=cmd|' /C calc'!A0", '+49 30 1', '-5', '@x', '\t=1', 'a=b', "'ok", '']
    const result = { ...FAILED, errorMessage: '=1+1', identity }
    const cells = (escapes: boolean) => {
      const line = compileResultsLine(['id'], escapes)(readChunkResult(chunkResultsLine(result).slice(0, -1)))
      return Papa.parse<string[]>(line, { newline: '\n' }).data[0]
    }
    expect(cells(false)).toEqual(['error', '=1+1', FAILED.timestamp, ...identity, ''])
    const escaped = ["'=cmd|' /C calc'!A0", "'+49 30 1", "'-5", "'@x", "'\t=1", 'a=b', "'ok", '']
    expect(cells(true)).toEqual(['error', "'=1+1", FAILED.timestamp, ...escaped, ''])
  })

  test('has more columns on request, in the requested order', () => {
    const extra = ['row', 'id', 'created', 'operation', 'errorcode'] as const
    expect(resultsHeader(['id'], extra)).toBe('status,errormessage,timestamp,id,row,id,created,operation,errorcode\n')
    expect(shown(extra, { ...CREATED, identity: ['7'] })).toBe('true,,2026-01-02T03:04:05,7,3,003A,true,create,\n')
    expect(shown(extra, { ...CREATED, outcome: 'updated' })).toContain(',003A,false,')
    expect(shown(['id'], { ...FAILED, identity: [] })).toBe(
      'error,"Required fields are missing: [LastName, Company]",2026-01-02T03:04:05,\n',
    )
  })
})

/** @param size bytes of each block */
async function recordsOf(file: string, size: number): Promise<string[]> {
  const bytes = Buffer.from(file)
  async function* blocks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const records: string[] = []
  for await (const batch of csvRecords(blocks())) records.push(...batch)
  return records
}

test("a chunk's results read back as they were", async () => {
  // A file in UTF-8 cannot contain halves of surrogate pairs.
  const text = fc.string({ unit: 'binary' }).filter(one => one.isWellFormed())
  const result = fc.record<RecordResult>({
    row: fc.integer({ min: 1 }),
    operation: fc.constantFrom('create', 'update', 'upsert', ''),
    outcome: fc.constantFrom('created', 'updated', 'failed', 'in_doubt'),
    id: fc.constantFrom('', '003A'),
    errorCode: fc.constantFrom('', 'INVALID_VALUE', 'a "code", odd\nand long'),
    errorMessage: text,
    timestamp: fc.constant('2026-01-02T03:04:05'),
    identity: fc.tuple(text, text),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(result), fc.integer({ min: 1, max: 50 }), async (results, size) => {
      const file = chunkResultsHeader(['one', 'two']) + results.map(chunkResultsLine).join('')
      const [header, ...lines] = await recordsOf(file, size)
      expect(header?.endsWith(',one,two')).toBe(true)
      expect(recordResults(lines.map(readChunkResult))).toEqual(results)
    }),
  )
  expect(() => readChunkResult('x,create,created')).toThrow("Not a line of a chunk's results: x,create,created")
})

describe('rejected.csv', () => {
  test('has the source columns first, ready to be corrected and reloaded', () => {
    const { header, line } = compileRejectedCsv(['name', 'mail'], ',')
    expect(header).toBe('\uFEFFname,mail,errorcode,errormessage\n')
    expect(line(['Aster', 'XX'], 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: XX')).toBe(
      'Aster,XX,INVALID_EMAIL_ADDRESS,Email: invalid email address: XX\n',
    )
  })

  test('has its last two columns once when its records are reloaded and rejected again', () => {
    const { header, line } = compileRejectedCsv(['name', 'errorcode', 'errormessage'], ',')
    expect(header).toBe('\uFEFFname,errorcode,errormessage\n')
    expect(line(['Aster', 'OLD', 'old'], 'NEW', 'new')).toBe('Aster,NEW,new\n')
  })

  test('has the delimiter of the source, and quotes what it separates', () => {
    const { header, line } = compileRejectedCsv(['name', 'mail'], ';')
    expect(header).toBe('\uFEFFname;mail;errorcode;errormessage\n')
    expect(line(['Aster; Ada', 'a, b'], 'X', 'x')).toBe('"Aster; Ada";a, b;X;x\n')
  })

  test('keeps every value of a ragged row', () => {
    const { line } = compileRejectedCsv(['name', 'mail'], ',')
    expect(line(['Aster'], 'RAGGED_ROW', 'short')).toBe('Aster,,RAGGED_ROW,short\n')
    expect(line(['Aster', 'x', 'more'], 'RAGGED_ROW', 'long')).toBe('Aster,x,RAGGED_ROW,long,more\n')
  })
})

describe('results of chunks are merged', () => {
  type Item = { readonly row: number; readonly stream: number }

  async function* batches(items: readonly Item[], size: number): AsyncGenerator<readonly Item[]> {
    for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
    yield []
  }

  async function collected(streams: readonly RowStream<Item>[]): Promise<Item[]> {
    const items: Item[] = []
    for await (const batch of mergeByRow(streams)) items.push(...batch)
    return items
  }

  test('into source order, with none lost or duplicated, for any distribution of rows to chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 7 }),
        async (owners, size) => {
          const streams = [0, 1, 2, 3, 4, 5].map((stream): RowStream<Item> => {
            const items = owners.flatMap((owner, index) => (owner === stream ? [{ row: index + 1, stream }] : []))
            return { firstRow: items[0]?.row ?? 1, open: () => batches(items, size) }
          })
          const merged = await collected(streams)
          expect(merged).toEqual(owners.map((stream, index) => ({ row: index + 1, stream })))
        },
      ),
    )
  })

  test('one after another where they do not overlap, so that few files are open', async () => {
    let open = 0
    let most = 0
    const stream = (first: number): RowStream<Item> => ({
      firstRow: first,
      open: async function* () {
        most = Math.max(most, ++open)
        yield Array.from({ length: 10 }, (_, index) => ({ row: first + index, stream: first }))
        open--
      },
    })
    const merged = await collected([21, 1, 11, 31].map(stream))
    expect(merged.map(({ row }) => row)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    expect(most).toBeLessThanOrEqual(2)
  })

  test('and their files are closed when the reader stops early', async () => {
    let closed = 0
    const endless: RowStream<Item> = {
      firstRow: 1,
      open: async function* () {
        try {
          for (let row = 1; ; row++) yield [{ row, stream: 1 }]
        } finally {
          closed++
        }
      },
    }
    for await (const _ of mergeByRow([endless])) break
    expect(closed).toBe(1)
  })
})

describe('a run is counted', () => {
  test('by outcome, chunk by chunk or all at once', () => {
    const results = [CREATED, FAILED, FAILED, { ...CREATED, outcome: 'in_doubt' as const }]
    const whole = tallyOf(results)
    expect(whole).toEqual({ created: 1, updated: 0, failed: 2, inDoubt: 1 })
    expect(results.map(result => tallyOf([result])).reduce(addTallies, EMPTY_TALLY)).toEqual(whole)
    expect(completedOutcome(whole)).toBe('completed_with_rejected')
    expect(completedOutcome(tallyOf([CREATED]))).toBe('completed')
  })

  test('by error, the most frequent first, with the first of each as example', () => {
    const counter = new ErrorCounter()
    counter.add({ row: 1, errorCode: 'RARE', errorMessage: 'rare' })
    counter.add({ row: 2, errorCode: 'OFTEN', errorMessage: 'first' })
    counter.add({ row: 3, errorCode: 'OFTEN', errorMessage: 'second' })
    expect(counter.counts()).toEqual([
      { errorCode: 'OFTEN', count: 2, exampleRow: 2, exampleMessage: 'first' },
      { errorCode: 'RARE', count: 1, exampleRow: 1, exampleMessage: 'rare' },
    ])
  })

  test('in bounded memory, however many codes there are', () => {
    const counter = new ErrorCounter()
    for (let row = 1; row <= 1_000; row++) counter.add({ row, errorCode: `CODE_${row}`, errorMessage: 'x' })
    expect(counter.counts()).toHaveLength(MAX_ERROR_CODES + 1)
    expect(counter.counts()[0]).toMatchObject({ errorCode: 'OTHER', count: 1_000 - MAX_ERROR_CODES })
  })
})
