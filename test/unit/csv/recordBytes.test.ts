import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CellReader, recordCells } from '../../../loader/csv/cellReader.ts'
import { CsvCutError } from '../../../loader/csv/errors.ts'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { csvRecordBytes } from '../../../loader/csv/recordBytes.ts'

/** The cells of all records of a text that arrives in blocks of so many bytes. */
async function cellsOf(text: string, blockBytes = 7): Promise<string[][]> {
  const bytes = Buffer.from(text)
  async function* blocks() {
    for (let at = 0; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes)
  }
  const rows: string[][] = []
  for await (const records of csvRecordBytes(blocks(), 'test.csv')) {
    for (let index = 0; index < records.count; index++) rows.push([...recordCells(records, index)])
  }
  return rows
}

const cell = fc.string({ maxLength: 5, unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '界') })
const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 })

test('reads back what our own writer writes, wherever the blocks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (given, blockBytes) => {
      expect(await cellsOf(given.map(cells => csvLine(cells)).join(''), blockBytes)).toEqual(given)
    }),
  )
})

test('reads values in quotes that need none, as Salesforce writes them, and a last record without a line feed', async () => {
  expect(await cellsOf('"Id","Email"\n"003","a@b.c"')).toEqual([
    ['Id', 'Email'],
    ['003', 'a@b.c'],
  ])
})

test('records are longer than a block, and more than expected', async () => {
  const long = 'x'.repeat(300_000)
  const text = csvLine([long, 'y']) + csvLine(['a', 'b']).repeat(10_000)
  const read = await cellsOf(text, 64_000)
  expect(read[0]).toEqual([long, 'y'])
  expect(read).toHaveLength(10_001)
})

test('an empty file has no records', async () => {
  expect(await cellsOf('')).toEqual([])
})

test('a file that ends inside a quoted value was cut', async () => {
  await expect(cellsOf('Id,Name\n1,"Ada')).rejects.toThrow(CsvCutError)
})

test('a cell is found by its index; a record without it has a blank one', () => {
  const bytes = Buffer.from('"a ""1""",b,"c,d"\n')
  const reader = new CellReader()
  const at = (index: number) => reader.readAt(index, bytes, 0, bytes.length - 1).text
  expect([at(0), at(1), at(2), at(3)]).toEqual(['a "1"', 'b', 'c,d', ''])
})
