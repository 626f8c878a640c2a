// What a run has written: the outcome of each record, with the values that it sent, and those that the org held before.

import type { RecordResult } from '../../../packages/client/contract/runReport.ts'
import { recordValues } from '../../csv/cells.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { mergeByRow, type RowBatch, type RowStream } from '../../results/mergeByRow.ts'
import { changedFieldsOf } from '../../results/planLines.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles } from '../layout.ts'
import { locatedBatches, pairedLines, readStoredCells } from '../runRecords.ts'
import { type EarlierFiles, finalResults } from './finalResults.ts'

export type WrittenRecord = {
  readonly result: RecordResult
  /** The cells that were sent, in the order of `wireColumns`; undefined for a record that was not sent. */
  readonly sent: readonly string[] | undefined
  /** What the org held, by the fields that the run keeps; undefined without a before-image. */
  readonly before: ReadonlyMap<string, string> | undefined
  /** The verdict of a run that compared, with the fields that it changed. */
  readonly verdict: { readonly verdict: string; readonly changed: readonly string[] } | undefined
}

/** The records of a run in the order of its source, in batches. @param unfinished how the run ended early */
export async function* writtenRecords(
  earlier: EarlierFiles,
  unfinished: 'failed' | 'cancelled' | undefined,
): AsyncGenerator<readonly WrittenRecord[]> {
  const { store, staged } = earlier
  const sent = new RowCursor(staged.chunks.map(chunk => sentCells(store, chunk)))
  const before = new RowCursor(staged.chunks.map(chunk => beforeImages(store, chunk)))
  const verdicts = new RowCursor(staged.chunks.map(chunk => verdictLines(store, chunk)))
  try {
    for await (const ranges of finalResults(earlier, unfinished)) {
      const lines: string[] = []
      for (const { batch, from, to } of ranges) {
        for (let at = from; at < to; at++) lines.push(recordText(batch, at))
      }
      const batch: WrittenRecord[] = []
      for (const result of recordResults(lines.map(readChunkResult))) {
        const { row } = result
        const verdict = await verdicts.at(row)
        batch.push({
          result,
          sent: await sent.at(row),
          before: await before.at(row),
          verdict: verdict === undefined ? undefined : verdictOf(verdict),
        })
      }
      yield batch
    }
  } finally {
    for (const cursor of [sent, before, verdicts]) await cursor.close()
  }
}

function verdictOf(line: string): NonNullable<WrittenRecord['verdict']> {
  const [, verdict = ''] = line.split(',', 2)
  return { verdict, changed: changedFieldsOf(line) }
}

type ItemBatch<T> = RowBatch & { readonly items: readonly T[] }

type Place = { readonly chunk: number; readonly firstRow: number }

/** Any attempt sends the same cells. */
function sentCells(store: RunStore, { chunk, firstRow }: Place): RowStream<ItemBatch<readonly string[]>> {
  const files = chunkFiles(chunk, 1)
  async function* open(): AsyncGenerator<ItemBatch<readonly string[]>> {
    if ((await store.size(files.rows)) === undefined) return
    for await (const pairs of pairedLines(store, files.rows, files.csv)) {
      yield batchOf(pairs.map(([[row = ''], cells]) => [Number(row), cells] as const))
    }
  }
  return { firstRow, open }
}

function beforeImages(store: RunStore, { chunk, firstRow }: Place): RowStream<ItemBatch<ReadonlyMap<string, string>>> {
  const path = chunkFiles(chunk, 1).before
  async function* open(): AsyncGenerator<ItemBatch<ReadonlyMap<string, string>>> {
    if ((await store.size(path)) === undefined) return
    const table = await readStoredCells(store, path)
    try {
      for await (const batch of table.batches) {
        const lines = Array.from({ length: batch.records }, (_, record) => recordValues(batch, record))
        yield batchOf(
          lines.map(
            cells => [Number(cells[0]), new Map(table.header.map((name, at) => [name, cells[at] ?? '']))] as const,
          ),
        )
      }
    } finally {
      await table.close()
    }
  }
  return { firstRow, open }
}

function verdictLines(store: RunStore, { chunk, firstRow }: Place): RowStream<ItemBatch<string>> {
  const path = chunkFiles(chunk, 1).plan
  async function* open(): AsyncGenerator<ItemBatch<string>> {
    if ((await store.size(path)) === undefined) return
    for await (const batch of locatedBatches(store, path)) {
      yield batchOf(Array.from({ length: batch.count }, (_, at) => [batch.rows[at] as number, recordText(batch, at)]))
    }
  }
  return { firstRow, open }
}

function batchOf<T>(lines: readonly (readonly [row: number, item: T])[]): ItemBatch<T> {
  return { count: lines.length, rows: lines.map(([row]) => row), items: lines.map(([, item]) => item) }
}

/** Items of several streams, requested in ascending order of rows. */
class RowCursor<T> {
  readonly #items: AsyncGenerator<readonly (readonly [row: number, item: T])[]>
  #batch: readonly (readonly [row: number, item: T])[] = []
  #at = 0

  constructor(streams: readonly RowStream<ItemBatch<T>>[]) {
    this.#items = merged(streams)
  }

  /** undefined for a row that has none. */
  async at(row: number): Promise<T | undefined> {
    for (;;) {
      for (let next = this.#batch[this.#at]; next !== undefined; next = this.#batch[this.#at]) {
        if (next[0] > row) return undefined
        this.#at += 1
        if (next[0] === row) return next[1]
      }
      const { value, done } = await this.#items.next()
      if (done) return undefined
      this.#batch = value
      this.#at = 0
    }
  }

  async close(): Promise<void> {
    await this.#items.return(undefined)
  }
}

async function* merged<T>(
  streams: readonly RowStream<ItemBatch<T>>[],
): AsyncGenerator<readonly (readonly [row: number, item: T])[]> {
  for await (const ranges of mergeByRow(streams)) {
    yield ranges.flatMap(({ batch, from, to }) =>
      batch.items.slice(from, to).map((item, index) => [batch.rows[from + index] as number, item] as const),
    )
  }
}
