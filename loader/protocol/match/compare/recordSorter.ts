// Puts records of the org into the order of the rows that they belong to: sorted in memory, in files when they are too many.
import { randomUUID } from 'node:crypto'
import { CollectedBytes, copyBytes } from '../../../csv/collectedBytes.ts'
import { csvRecordBytes, leadingNumber, type RecordBytes } from '../../../csv/recordBytes.ts'
import { mergeByRow, type RowRange, type RowStream } from '../../../results/mergeByRow.ts'
import type { RunStore } from '../../../storage/runStore.ts'

/** Lines that begin with the number of their row, in ascending order. */
type SortedBatch = RecordBytes & { readonly rows: Uint32Array }

/** Bytes of records in memory before they are sorted into a file: the memory doubles as it grows, and more would double it to 16 MiB. */
const SORTED_BYTES = 7 * 1024 * 1024

/** Files of about the same size before they become a larger one: while they are merged, each is open, or has a connection to a bucket. */
const MOST_FILES = 16

/** Bytes of a block that is copied in order. */
const BLOCK = 256 * 1024

/** A number is a row times this, plus a place in memory. */
const PLACES = 2 ** 20
const FIRST_PLACES = 1024

export class RecordSorter {
  readonly #store: RunStore
  readonly #folder: string
  readonly #mostBytes: number
  readonly #lines = new CollectedBytes()
  /** Rows and places of the lines in memory, and where each line begins. */
  #order = new Float64Array(FIRST_PLACES)
  #starts = new Uint32Array(FIRST_PLACES + 1)
  #count = 0
  /** By size: those of one level are about sixteen times as large as those of the level before. */
  readonly #levels: SortedFile[][] = []

  /** @param folder for its files */
  constructor(store: RunStore, folder: string, mostBytes = SORTED_BYTES) {
    this.#store = store
    this.#folder = folder
    this.#mostBytes = mostBytes
  }

  /** Adds a record, its line end included. @param row below 2 ** 32 */
  add(row: number, bytes: Buffer, start: number, end: number): void {
    if (this.#count === this.#order.length) this.#grow()
    this.#order[this.#count] = row * PLACES + this.#count
    this.#count += 1
    const lines = this.#lines
    lines.add(`${row},`)
    lines.length = copyBytes(bytes, start, end, lines.reserve(end - start), lines.length)
    this.#starts[this.#count] = lines.length
  }

  /** Writes a file when the memory is full. */
  async flush(): Promise<void> {
    if (this.#lines.length < this.#mostBytes && this.#count < PLACES / 2) return
    this.#sort()
    await this.#addFile(0, this.#rowAt(0), this.#blocks())
    this.#count = 0
    this.#lines.length = 0
  }

  /** Writes a file; many files of a level become one of the next. */
  async #addFile(level: number, firstRow: number, lines: AsyncIterable<Uint8Array>): Promise<void> {
    const path = `${this.#folder}/${randomUUID()}.csv`
    await this.#store.write(path, lines)
    const files = this.#levels[level] ?? []
    this.#levels[level] = files
    files.push({ path, firstRow, open: () => batches(this.#store.blocks(path)) })
    if (files.length < MOST_FILES) return
    await this.#addFile(level + 1, Math.min(...files.map(file => file.firstRow)), mergedLines(files))
    await this.#remove(files)
  }

  async #remove(files: SortedFile[]): Promise<void> {
    for (let file = files.at(-1); file !== undefined; file = files.at(-1)) {
      await this.#store.remove(file.path)
      files.pop()
    }
  }

  /** All records in the order of their rows. Call it once, after the last record. */
  sorted(): SortedRecords {
    this.#sort()
    const files = this.#levels.flat()
    const last = { firstRow: this.#rowAt(0), open: () => batches(this.#blocks()) }
    return new SortedRecords(mergeByRow(this.#count === 0 ? files : [...files, last]))
  }

  /** Removes the files, and forgets all records. */
  async clear(): Promise<void> {
    for (const files of this.#levels) await this.#remove(files)
    this.#count = 0
    this.#lines.length = 0
  }

  #rowAt(index: number): number {
    return Math.floor((this.#order[index] as number) / PLACES)
  }

  #sort(): void {
    this.#order.subarray(0, this.#count).sort()
  }

  async *#blocks(): AsyncGenerator<Uint8Array, void> {
    const block = new CollectedBytes()
    const { bytes } = this.#lines
    for (let index = 0; index < this.#count; index++) {
      const place = (this.#order[index] as number) % PLACES
      const [start, end] = [this.#starts[place] as number, this.#starts[place + 1] as number]
      block.length = copyBytes(bytes, start, end, block.reserve(end - start), block.length)
      if (block.length >= BLOCK) yield block.take()
    }
    if (block.length > 0) yield block.take()
  }

  #grow(): void {
    const order = new Float64Array(2 * this.#order.length)
    const starts = new Uint32Array(2 * this.#order.length + 1)
    order.set(this.#order)
    starts.set(this.#starts)
    this.#order = order
    this.#starts = starts
  }
}

type SortedFile = RowStream<SortedBatch> & { readonly path: string }

async function* mergedLines(files: readonly SortedFile[]): AsyncGenerator<Uint8Array, void> {
  for await (const ranges of mergeByRow(files)) {
    for (const { batch, from, to } of ranges) yield batch.bytes.subarray(batch.starts[from], batch.starts[to])
  }
}

async function* batches(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<SortedBatch, void> {
  let rows = new Uint32Array(FIRST_PLACES)
  for await (const { bytes, count, starts } of csvRecordBytes(blocks)) {
    if (count > rows.length) rows = new Uint32Array(2 * count)
    for (let index = 0; index < count; index++) rows[index] = leadingNumber(bytes, starts[index] as number)
    yield { bytes, count, starts, rows }
  }
}

/** Records that are requested by their rows, in ascending order. */
export class SortedRecords {
  readonly #merged: AsyncGenerator<readonly RowRange<SortedBatch>[]>
  #ranges: readonly RowRange<SortedBatch>[] = []
  #range = 0
  #at = 0
  #isOver = false

  constructor(merged: AsyncGenerator<readonly RowRange<SortedBatch>[]>) {
    this.#merged = merged
  }

  /** Goes to the record of a row; false when it has none, undefined when `upTo` must read records first. */
  at(row: number): boolean | undefined {
    for (;;) {
      const range = this.#ranges[this.#range]
      if (range === undefined) return this.#isOver ? false : undefined
      if (this.#at === range.to) {
        this.#range += 1
        this.#at = this.#ranges[this.#range]?.from ?? 0
        continue
      }
      const found = range.batch.rows[this.#at] as number
      if (found >= row) return found === row
      this.#at += 1
    }
  }

  /** Reads records until `at` answers. */
  async upTo(row: number): Promise<void> {
    while (this.at(row) === undefined) {
      const { value, done } = await this.#merged.next()
      this.#isOver = done === true
      this.#ranges = value ?? []
      this.#range = 0
      this.#at = this.#ranges[0]?.from ?? 0
    }
  }

  /** The memory with the record, and where it begins and ends, its line end left out. */
  get bytes(): Buffer {
    return this.#batch.bytes
  }

  get start(): number {
    return this.#batch.starts[this.#at] as number
  }

  get end(): number {
    return (this.#batch.starts[this.#at + 1] as number) - 1
  }

  async close(): Promise<void> {
    await this.#merged.return(undefined)
  }

  get #batch(): SortedBatch {
    const range = this.#ranges[this.#range]
    if (range === undefined) throw new RangeError('No record was requested')
    return range.batch
  }
}
