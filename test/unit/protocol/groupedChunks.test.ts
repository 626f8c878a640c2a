// Records of one parent go into chunks of one lane, whose jobs never run side by side.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { streamOf } from '../sources/tables.ts'
import { dependenciesOf, linesOf, newWorld, RUN_ID, stepOf } from './memoryLoad.ts'

const FIELDS = { LastName: 'last', 'Account.Ext_Id__c': 'account' }

type ReadChunk = { readonly lane: number | undefined; readonly rows: readonly number[] }

async function chunksOf(parents: readonly string[], parts: Partial<SpecParts> = {}): Promise<readonly ReadChunk[]> {
  const world = newWorld([{ last: '' }], { fields: FIELDS, engine: 'bulk', chunk: { bulkRecords: 5 }, ...parts })
  const csv = `last,account\n${parents.map((parent, index) => `P${index},${parent}\n`).join('')}`
  const openSource: Parameters<typeof stageSource>[0]['openSource'] = async (_, { onBytes }) => {
    await onBytes(Buffer.from(csv))
    return readCsv(streamOf(csv))
  }
  const { chunks } = await stageSource({ ...dependenciesOf(world), openSource }, { runId: RUN_ID }, stepOf())
  return chunks.map(({ chunk, lane, records, firstRow }) => {
    const rows = linesOf(world, chunkFiles(chunk, 1).rows).map(({ row }) => Number(row))
    expect([rows.length, rows[0]]).toEqual([records, firstRow])
    return { lane, rows }
  })
}

test('every record is in one chunk, in the order of the source, and a parent is in one lane only', async () => {
  const parents = fc.array(fc.constantFrom('', 'A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(parents, async given => {
      const [first, ...grouped] = await chunksOf(given)
      expect(first).toMatchObject({ lane: undefined, rows: given.slice(0, 5).map((_, index) => index + 1) })
      const lanes = new Map<string, number | undefined>()
      for (const { lane, rows } of grouped) {
        expect(lane).toBeTypeOf('number')
        expect(rows.length).toBeLessThanOrEqual(5)
        expect(rows).toEqual(rows.toSorted((a, b) => a - b))
        for (const row of rows) {
          const parent = given[row - 1] ?? ''
          if (parent === '') continue
          expect(lanes.get(parent) ?? lane).toBe(lane)
          lanes.set(parent, lane)
        }
      }
      const all = [first, ...grouped].flatMap(chunk => chunk?.rows ?? [])
      expect(all.toSorted((a, b) => a - b)).toEqual(given.map((_, index) => index + 1))
    }),
    { numRuns: 50 },
  )
})

test('a parent that the source names in several ways is in one lane', async () => {
  const account = { column: 'account', values: { old: 'A', 'A ': 'A' }, unlisted: { value: 'A' }, default: 'A' }
  const fields = { LastName: 'last', 'Account.Ext_Id__c': account }
  const given = Array.from({ length: 90 }, (_, index) => ['old', 'OLD', 'A', 'other', ''][index % 5] ?? '')
  const [, ...grouped] = await chunksOf(given, { fields })
  expect(new Set(grouped.map(({ lane }) => lane)).size).toBe(1)
  expect(new Set((await chunksOf(given)).map(({ lane }) => lane)).size).toBeGreaterThan(2)
})

test('records without a parent go to every lane in turn', async () => {
  const [, ...grouped] = await chunksOf(Array(85).fill(''), { concurrency: 2 })
  expect(new Set(grouped.map(({ lane }) => lane))).toEqual(new Set([0, 1, 2, 3]))
  expect(grouped.map(({ rows }) => rows.length)).toEqual(Array(16).fill(5))
})

test.each<readonly [string, Partial<SpecParts>]>([
  ['groupBy is none', { groupBy: 'none' }],
  ['the engine is collections', { engine: 'collections', chunk: { collectionsRecords: 5 } }],
  ['no parent is mapped', { fields: { LastName: 'last' } }],
])('chunks follow the order of the source when %s', async (_, parts) => {
  const chunks = await chunksOf(['A', 'B', 'A', 'B', 'A', 'B', 'A'], parts)
  expect(chunks).toEqual([
    { lane: undefined, rows: [1, 2, 3, 4, 5] },
    { lane: undefined, rows: [6, 7] },
  ])
})
