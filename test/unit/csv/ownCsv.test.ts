import { describe, expect, test } from 'vitest'
import { recordValues } from '../../../loader/csv/cells.ts'
import { CsvCutError, CsvEncodingError, CsvQuoteError, SourceEmptyError } from '../../../loader/csv/errors.ts'
import { readOwnCells } from '../../../loader/csv/ownCsv.ts'

async function* cutInto(whole: Buffer, bytes: number): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < whole.length; from += bytes) yield whole.subarray(from, from + bytes)
}

async function read(text: string | Buffer, bytes = 7) {
  const table = await readOwnCells('answers.csv', cutInto(Buffer.from(text as string), bytes))
  const rows: string[][] = []
  for await (const batch of table.batches) {
    for (let record = 0; record < batch.records; record++) rows.push(recordValues(batch, record))
  }
  return { header: table.header, rows }
}

describe('a CSV in our own dialect', () => {
  test('may have any names in its header, because it is read by position', async () => {
    expect(await read('id,,id\n1,2,3\n')).toEqual({ header: ['id', '', 'id'], rows: [['1', '2', '3']] })
  })

  test.each([1, 2, 3, 5, 64, 1000])('gives the same records in blocks of %i bytes', async bytes => {
    const text = '"sf__Id",Naïve,"a ""b"""\n1,"😀, x","line 1\nline 2"\n2,\uFEFFy,\n'
    expect(await read(text, bytes)).toEqual({
      header: ['sf__Id', 'Naïve', 'a "b"'],
      rows: [
        ['1', '😀, x', 'line 1\nline 2'],
        ['2', '\uFEFFy', ''],
      ],
    })
  })

  test('keeps a zero-width character that begins a block after blocks of ASCII', async () => {
    expect((await read('a,b\n\uFEFFx,1\n', 4)).rows).toEqual([['\uFEFFx', '1']])
  })

  test('is never taken for another format because of its first bytes', async () => {
    expect(await read('%PDF-,PK\n{"a":1,2\n')).toEqual({ header: ['%PDF-', 'PK'], rows: [['{"a":1', '2']] })
  })

  test.each(['', '\n', ' \n'])('without a header is rejected: %j', async text => {
    await expect(read(text)).rejects.toBeInstanceOf(SourceEmptyError)
  })

  test.each(['a,b\n', 'a,b', '\uFEFFa,b\r\n'])('may have no records: %j', async text => {
    expect(await read(text)).toEqual({ header: ['a', 'b'], rows: [] })
  })

  test.each(['a,b\n1,"2', 'a,"b', 'a,"b\n1,2\n'])('that ends inside a quoted value is rejected: %j', async text => {
    await expect(read(text)).rejects.toBeInstanceOf(CsvCutError)
  })

  test('with misplaced quotes is rejected', async () => {
    await expect(read('a,b\n1,"2" x\n')).rejects.toBeInstanceOf(CsvQuoteError)
  })

  test('that is not UTF-8 is rejected', async () => {
    await expect(read(Buffer.from('a,b\n1,é\n', 'latin1'))).rejects.toBeInstanceOf(CsvEncodingError)
  })
})
