// The index of a run: where the result of a record is, by each of its values. It is read in a few small parts, however large the run is.
//
// index/values.bin has segments of 256 buckets, by the first byte of a value's hash. An entry has 12 bytes: two numbers of the hash, and the row.
// index/results.bin and index/plan.bin have 8 bytes for each row: the number of a file in index.json, from 1, and the place in it.

import { endianness } from 'node:os'
import { isSearched, type SyncPlan } from '../../plan/syncPlan.ts'
import { mergeByRow } from '../../results/mergeByRow.ts'
import type { ResultBatch, ResultParts } from '../../results/resultBatch.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { chunkFiles, INDEX_FILES } from '../layout.ts'
import { locatedBatches, mergedBlockBytes, type StagedRun } from '../runRecords.ts'
import { ValueHasher } from './recordValues.ts'
import { visitSentKeys } from './sentKeys.ts'

/** Records from which on a run has an index. The results of fewer are read as fast. */
const INDEXED_RECORDS = 1_000

/** Values in memory at a time: 6 MB, with their copy in buckets. */
const SEGMENT_ENTRIES = 262_144
const BUCKETS = 256
export const ENTRY_BYTES = 12
export const PLACE_BYTES = 8

export type IndexNote = {
  /** Name of the sync whose run it is. */
  readonly sync?: string
  /** Of the hasher. */
  readonly key: readonly number[]
  /** The entries of each bucket, by segment. */
  readonly segments: readonly (readonly number[])[]
  /** Paths, by their number in the tables of places, from 1. */
  readonly files: readonly string[]
}

/** Writes the index of a run while its results are combined. */
export class RecordIndex {
  readonly #store: RunStore
  readonly #values: Values
  readonly #results: Places
  readonly #files = new Map<string, number>()
  /** The file of the last record. */
  #last = { path: '', number: 0 }
  readonly #hasher: ValueHasher
  #row = 0

  private constructor(store: RunStore) {
    this.#store = store
    this.#values = new Values(store.writer(INDEX_FILES.values))
    this.#results = new Places(store.writer(INDEX_FILES.results))
    this.#hasher = new ValueHasher((a, b) => this.#values.add(a, b, this.#row))
  }

  /** undefined for a run that needs none. */
  static for(store: RunStore, { records }: StagedRun): RecordIndex | undefined {
    return records < INDEXED_RECORDS ? undefined : new RecordIndex(store)
  }

  /** Adds a result, in ascending order of rows without a gap. @param parts of its line */
  add({ bytes, rows, starts, place }: ResultBatch, at: number, parts: ResultParts): void {
    this.#row = rows[at] as number
    this.#hasher.result(bytes, parts)
    const start = (starts[at] as number) - (starts[0] as number)
    this.#results.add(place === undefined ? 0 : this.#numberOf(place.path), (place?.offset ?? 0) + start)
  }

  /** Waits while the files are slower than the results. */
  async flush(): Promise<void> {
    await this.#values.flush()
    await this.#results.flush()
  }

  async finish(plan: SyncPlan, { chunks, sync }: StagedRun, signal: AbortSignal): Promise<void> {
    await visitSentKeys(this.#store, plan, chunks, signal, {
      take: (row, { bytes, start, end }) => {
        this.#row = row
        this.#hasher.asked(bytes, start, end)
      },
      flush: () => this.#values.flush(),
    })
    const segments = await this.#values.finish()
    await this.#results.finish()
    if (plan.compares === true) await this.#writeVerdicts(plan, chunks)
    const key = [...this.#hasher.key]
    const files = [...this.#files.keys()]
    const note: IndexNote = { ...(sync === undefined ? {} : { sync }), key, segments, files }
    await this.#store.write(INDEX_FILES.note, `${JSON.stringify(note)}\n`)
  }

  async discard(): Promise<void> {
    await this.#values.discard()
    await this.#results.discard()
  }

  /** Rows that were rejected while they were staged have no verdict. */
  async #writeVerdicts(plan: SyncPlan, chunks: StagedRun['chunks']): Promise<void> {
    const places = new Places(this.#store.writer(INDEX_FILES.plan))
    const searched = chunks.filter(({ operation }) => isSearched(plan, operation))
    const blockBytes = mergedBlockBytes(searched.length)
    const streams = searched.map(({ chunk, firstRow }) => ({
      firstRow,
      open: () => locatedBatches(this.#store, chunkFiles(chunk, 1).plan, blockBytes),
    }))
    let row = 0
    for await (const ranges of mergeByRow<ResultBatch>(streams)) {
      for (const { batch, from, to } of ranges) {
        const { rows, starts, place } = batch
        for (let at = from; at < to; at++) {
          for (row += 1; row < (rows[at] as number); row += 1) places.add(0, 0)
          const start = (starts[at] as number) - (starts[0] as number)
          if (place !== undefined) places.add(this.#numberOf(place.path), place.offset + start)
        }
      }
      await places.flush()
    }
    await places.finish()
  }

  #numberOf(path: string): number {
    if (path === this.#last.path) return this.#last.number
    const number = this.#files.get(path) ?? this.#files.size + 1
    this.#files.set(path, number)
    this.#last = { path, number }
    return number
  }
}

/** The entries of values.bin. */
class Values {
  readonly #file: RunFileWriter
  readonly #segments: number[][] = []
  #entries = new Uint32Array(3 * 1024)
  #count = 0

  constructor(file: RunFileWriter) {
    this.#file = file
  }

  add(a: number, b: number, row: number): void {
    const at = 3 * this.#count
    if (at === this.#entries.length) this.#entries = doubled(this.#entries)
    this.#entries[at] = a
    this.#entries[at + 1] = b
    this.#entries[at + 2] = row
    this.#count += 1
  }

  async flush(): Promise<void> {
    if (this.#count >= SEGMENT_ENTRIES) await this.#writeSegment()
  }

  /** Returns the entries of each bucket. */
  async finish(): Promise<readonly (readonly number[])[]> {
    if (this.#count > 0) await this.#writeSegment()
    await this.#file.finish()
    return this.#segments
  }

  discard(): Promise<void> {
    return this.#file.discard()
  }

  async #writeSegment(): Promise<void> {
    const entries = this.#entries
    const counts: number[] = new Array(BUCKETS).fill(0)
    for (let at = 0; at < 3 * this.#count; at += 3) {
      const bucket = bucketOf(entries[at] as number)
      counts[bucket] = (counts[bucket] as number) + 1
    }
    const next = new Uint32Array(BUCKETS)
    for (let bucket = 1; bucket < BUCKETS; bucket++) {
      next[bucket] = (next[bucket - 1] as number) + (counts[bucket - 1] as number)
    }
    const sorted = new Uint32Array(3 * this.#count)
    for (let at = 0; at < 3 * this.#count; at += 3) {
      const bucket = bucketOf(entries[at] as number)
      const place = next[bucket] as number
      for (let part = 0; part < 3; part++) sorted[3 * place + part] = entries[at + part] as number
      next[bucket] = place + 1
    }
    this.#segments.push(counts)
    this.#count = 0
    await this.#file.write(littleEndian(sorted))
  }
}

function doubled(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length)
  larger.set(numbers)
  return larger
}

/** All processors that Node.js supports but one (s390x) have numbers in this order already. */
function littleEndian(numbers: Uint32Array): Buffer {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()
}

export const bucketOf = (hash: number): number => hash >>> 24

/** A table of places, one for each row. */
class Places {
  readonly #file: RunFileWriter
  #numbers = new Uint32Array(16 * 1024)
  #length = 0

  constructor(file: RunFileWriter) {
    this.#file = file
  }

  /** @param file 0 for a row without a place */
  add(file: number, offset: number): void {
    if (this.#length === this.#numbers.length) this.#numbers = doubled(this.#numbers)
    this.#numbers[this.#length] = file
    this.#numbers[this.#length + 1] = offset
    this.#length += 2
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return
    await this.#file.write(littleEndian(this.#numbers.subarray(0, this.#length)))
    this.#length = 0
  }

  async finish(): Promise<void> {
    await this.flush()
    await this.#file.finish()
  }

  discard(): Promise<void> {
    return this.#file.discard()
  }
}
