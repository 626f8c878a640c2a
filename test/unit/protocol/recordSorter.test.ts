// Records of the org in the order of the rows that they belong to.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { RecordSorter, type SortedRecords } from '../../../loader/protocol/match/compare/recordSorter.ts'
import { type Files, memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

type Added = { readonly row: number; readonly value: string }

async function sort(sorter: RecordSorter, records: readonly Added[]): Promise<SortedRecords> {
  for (const { row, value } of records) {
    const line = Buffer.from(csvLine(['003', value]))
    sorter.add(row, line, 0, line.length)
    await sorter.flush()
  }
  return sorter.sorted()
}

/** The line of each row; undefined for a row without a record. */
async function linesOf(sorted: SortedRecords, rows: number): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = []
  for (let row = 0; row < rows; row++) {
    await sorted.upTo(row)
    lines.push(sorted.at(row) === true ? sorted.bytes.toString('utf8', sorted.start, sorted.end) : undefined)
  }
  await sorted.close()
  return lines
}

test('each row gets its record, whatever the order and however many files they need', async () => {
  const values = fc.uniqueArray(fc.record({ row: fc.nat(40), value: fc.string({ maxLength: 30 }) }), {
    selector: ({ row }) => row,
    maxLength: 41,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(values, values, fc.constantFrom(1, 60, 1_000_000), async (first, second, mostBytes) => {
      const files: Files = new Map()
      const sorter = new RecordSorter(memoryRunStore(files, new SimulatedWorker()), 'match/sorted', mostBytes)
      // The memory of the first records is used again for the second.
      for (const records of [first, second]) {
        const byRow = new Map(records.map(({ row, value }) => [row, `${row},${csvLine(['003', value]).slice(0, -1)}`]))
        const lines = await linesOf(await sort(sorter, records), 41)
        expect(lines).toEqual(Array.from({ length: 41 }, (_, row) => byRow.get(row)))
        await sorter.clear()
        expect(files.size).toBe(0)
      }
    }),
  )
})

test('files are merged before they are too many to be open at a time', async () => {
  const files: Files = new Map()
  const sorter = new RecordSorter(memoryRunStore(files, new SimulatedWorker()), 'sorted', 1)
  const rows = Array.from({ length: 300 }, (_, index) => (index * 7) % 300)
  const sorted = await sort(
    sorter,
    rows.map(row => ({ row, value: `value ${row}` })),
  )
  // 300 is 1 × 256 + 2 × 16 + 12.
  expect(files.size).toBe(15)
  expect(await linesOf(sorted, 300)).toEqual(Array.from({ length: 300 }, (_, row) => `${row},003,value ${row}`))
  await sorter.clear()
  expect(files.size).toBe(0)
})
