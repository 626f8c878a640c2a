import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { csvRecordBytes, recordText, withoutHeader } from '../../../loader/csv/recordBytes.ts'
import {
  chunkResultsHeader,
  chunkResultsLine,
  readChunkResult,
  recordResults,
} from '../../../loader/results/chunkResults.ts'
import { ErrorCounter, MAX_ERROR_CODES } from '../../../loader/results/errorCounts.ts'
import { mergeByRow, type RowBatch, type RowStream } from '../../../loader/results/mergeByRow.ts'
import { ResultParts, resultBatch } from '../../../loader/results/resultBatch.ts'
import { ResultLines } from '../../../loader/results/resultLines.ts'
import { compileRejectedCsv, ResultsCsvLines, resultsHeader, utcTimestamp } from '../../../loader/results/resultsCsv.ts'
import { Successes } from '../../../loader/results/successes.ts'
import { addTallies, completedOutcome, loadedRecords } from '../../../loader/results/tally.ts'
import { RECORD_OUTCOMES, type RecordResult } from '../../../packages/client/contract/runReport.ts'
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

/** Lines of a chunk's results, cut into records. @param size bytes of each block */
async function* cut(text: string, size = text.length) {
  const bytes = Buffer.from(text)
  async function* blocks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  yield* csvRecordBytes(blocks())
}

/** The line of results.csv for a result that is read back from its chunk's file. */
async function shown(
  extra: readonly ExtraResultColumn[],
  result: RecordResult,
  escapes = false,
  line = chunkResultsLine(result),
): Promise<string> {
  const lines = new ResultsCsvLines(extra, escapes)
  for await (const records of cut(line)) {
    const batch = resultBatch(records)
    const parts = new ResultParts().read(batch, 0)
    lines.addLine(batch, parts)
    expect(parts.outcome).toBe(result.outcome)
  }
  return lines.take().toString()
}

describe('results.csv', () => {
  test('has the documented columns', async () => {
    const line = (result: RecordResult) => shown([], result)
    expect(resultsHeader(['customer_id', 'email'], [])).toBe('status,errormessage,timestamp,customer_id,email\n')
    expect(await line(CREATED)).toBe('true,,2026-01-02T03:04:05,7,a@b.example\n')
    expect(await line(FAILED)).toBe(
      'error,"Required fields are missing: [LastName, Company]",2026-01-02T03:04:05,7,a@b.example\n',
    )
    expect(await line({ ...CREATED, outcome: 'in_doubt' })).toMatch(/^error,/)
    expect(await line({ ...CREATED, outcome: 'unchanged' })).toMatch(/^true,,/)
    expect(await line({ ...CREATED, outcome: 'deleted' })).toMatch(/^true,,/)
  })

  test('has an apostrophe before a formula on request, and values as they are otherwise', async () => {
    const identity = ["=cmd|' /C calc'!A0", '+49 30 1', '-5', '@x', '\t=1', 'a=b', "'ok", '']
    const result = { ...FAILED, errorMessage: '=1+1', identity }
    const cells = async (escapes: boolean) =>
      Papa.parse<string[]>(await shown(['id'], result, escapes), { newline: '\n' }).data[0]
    expect(await cells(false)).toEqual(['error', '=1+1', FAILED.timestamp, ...identity, ''])
    const escaped = ["'=cmd|' /C calc'!A0", "'+49 30 1", "'-5", "'@x", "'\t=1", 'a=b', "'ok", '']
    expect(await cells(true)).toEqual(['error', "'=1+1", FAILED.timestamp, ...escaped, ''])
  })

  test('has more columns on request, in the requested order', async () => {
    const extra = ['row', 'id', 'created', 'operation', 'errorcode'] as const
    expect(resultsHeader(['id'], extra)).toBe('status,errormessage,timestamp,id,row,id,created,operation,errorcode\n')
    expect(await shown(extra, { ...CREATED, identity: ['7'] })).toBe(
      'true,,2026-01-02T03:04:05,7,3,003A,true,create,\n',
    )
    expect(await shown(extra, { ...CREATED, outcome: 'updated' })).toContain(',003A,false,')
    for (const outcome of RECORD_OUTCOMES) {
      expect(await shown(['outcome'], { ...CREATED, identity: [], outcome })).toMatch(new RegExp(`,${outcome}\n$`))
    }
    expect(await shown(['id'], { ...FAILED, identity: [] })).toBe(
      'error,"Required fields are missing: [LastName, Company]",2026-01-02T03:04:05,\n',
    )
  })
})

test("a chunk's results read back as they were", async () => {
  // A file in UTF-8 cannot contain halves of surrogate pairs.
  const text = fc.string({ unit: 'binary' }).filter(one => one.isWellFormed())
  const result = fc.record<RecordResult>({
    row: fc.integer({ min: 1 }),
    operation: fc.constantFrom('create', 'update', 'upsert', 'delete', ''),
    outcome: fc.constantFrom(...RECORD_OUTCOMES),
    id: fc.constantFrom('', '003A'),
    errorCode: fc.constantFrom('', 'INVALID_VALUE', 'a "code", odd\nand long'),
    errorMessage: text,
    timestamp: fc.constant('2026-01-02T03:04:05'),
    identity: fc.tuple(text, text),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(result), fc.integer({ min: 1, max: 50 }), async (results, size) => {
      const file = chunkResultsHeader(['one', 'two']) + results.map(chunkResultsLine).join('')
      const extra = ['row', 'operation', 'outcome', 'id', 'created', 'errorcode'] as const
      const written = new ResultsCsvLines(extra)
      const lines: string[] = []
      for await (const records of withoutHeader(cut(file, size))) {
        for (let at = 0; at < records.count; at++) {
          const batch = resultBatch(records)
          written.addLine(batch, new ResultParts().read(batch, at))
          lines.push(recordText(records, at))
        }
      }
      expect(recordResults(lines.map(readChunkResult))).toEqual(results)
      const { data } = Papa.parse<string[]>(written.take().toString(), { delimiter: ',', newline: '\n' })
      expect(data.slice(0, -1)).toEqual(results.map(csvValues))
    }),
  )
  expect(() => readChunkResult('x,create,created')).toThrow("Not a line of a chunk's results: x,create,created")
  for (const line of [
    'x,create,created',
    '1,create,done,,,true,,\n',
    '1,update,upgraded,,,true,,\n',
    '1,create,created,,\n',
    '1,create,failed,,"X"\n',
  ]) {
    await expect(shown([], FAILED, false, line)).rejects.toThrow("Not a line of a chunk's results: ")
  }
})

/** The cells of a line of results.csv with all extra columns. */
function csvValues({
  row,
  operation,
  outcome,
  id,
  errorCode,
  errorMessage,
  timestamp,
  identity,
}: RecordResult): string[] {
  const status = outcome === 'failed' || outcome === 'in_doubt' ? 'error' : 'true'
  const created = status === 'true' ? String(outcome === 'created') : ''
  return [status, errorMessage, timestamp, ...identity, String(row), operation, outcome, id, created, errorCode]
}

test('the line of a success, copied from its record and its Id, is the same as any other line', () => {
  const identity = fc.array(
    fc.string({ unit: 'binary' }).filter(one => one.isWellFormed()),
    { maxLength: 3 },
  )
  const success = fc.record({
    row: fc.integer({ min: 1 }),
    outcome: fc.constantFrom('created', 'updated', 'deleted'),
    identity,
  })
  fc.assert(
    fc.property(fc.array(success), given => {
      const successes = new Successes(given.length)
      const lines = new ResultLines('upsert', CREATED.timestamp)
      const expected = given.map(({ row, outcome, identity }, index) => {
        const id = `003${String(index).padStart(15, 'x')}`
        expect(successes.add(index, outcome, Buffer.from(`"${id}"`), 1, 19)).toBe(true)
        const record = Buffer.from(`\n${csvLine([String(row), ...identity])}`)
        lines.addSuccess(record, 1, record.length, successes, index)
        return chunkResultsLine({ ...CREATED, operation: 'upsert', row, outcome, id, identity })
      })
      expect(lines.take().toString()).toBe(expected.join(''))
    }),
  )
})

test.each(['', '003000000000001', '003000000000001A,"', '00300000000000éAA'])('%j is not an Id', text => {
  const bytes = Buffer.from(text)
  const successes = new Successes(1)
  expect(successes.add(0, 'created', bytes, 0, bytes.length)).toBe(false)
  expect(successes.has(0)).toBe(false)
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
  type Batch = RowBatch & { readonly stream: number }

  async function* batches(stream: number, rows: readonly number[], size: number): AsyncGenerator<Batch> {
    for (let at = 0; at < rows.length; at += size) {
      const some = rows.slice(at, at + size)
      yield { stream, rows: some, count: some.length }
    }
    yield { stream, rows: [], count: 0 }
  }

  async function collected(streams: readonly RowStream<Batch>[]) {
    const items: { row: number; stream: number }[] = []
    for await (const ranges of mergeByRow(streams)) {
      for (const { batch, from, to } of ranges) {
        for (const row of [...(batch.rows as number[])].slice(from, to)) items.push({ row, stream: batch.stream })
      }
    }
    return items
  }

  test('into source order, with none lost or duplicated, for any distribution of rows to chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 7 }),
        async (owners, size) => {
          const streams = [0, 1, 2, 3, 4, 5].map((stream): RowStream<Batch> => {
            const rows = owners.flatMap((owner, index) => (owner === stream ? [index + 1] : []))
            return { firstRow: rows[0] ?? 1, open: () => batches(stream, rows, size) }
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
    const stream = (first: number): RowStream<Batch> => ({
      firstRow: first,
      open: async function* () {
        most = Math.max(most, ++open)
        yield { stream: first, count: 10, rows: Array.from({ length: 10 }, (_, index) => first + index) }
        open--
      },
    })
    const merged = await collected([21, 1, 11, 31].map(stream))
    expect(merged.map(({ row }) => row)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    expect(most).toBeLessThanOrEqual(2)
  })

  test('and their files are closed when the reader stops early', async () => {
    let closed = 0
    const endless: RowStream<Batch> = {
      firstRow: 1,
      open: async function* () {
        try {
          for (let row = 1; ; row++) yield { stream: 1, count: 1, rows: [row] }
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
  test('by outcome, chunk by chunk', () => {
    const one = { created: 1, updated: 0, deleted: 0, unchanged: 0, failed: 2, inDoubt: 0 }
    const other = { created: 0, updated: 3, deleted: 5, unchanged: 7, failed: 0, inDoubt: 1 }
    expect(addTallies(one, other)).toEqual({ created: 1, updated: 3, deleted: 5, unchanged: 7, failed: 2, inDoubt: 1 })
    expect(loadedRecords(addTallies(one, other))).toBe(16)
    expect(completedOutcome(addTallies(one, other))).toBe('completed_with_rejected')
    expect(completedOutcome({ ...one, failed: 0 })).toBe('completed')
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
