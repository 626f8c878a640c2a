import type { Operation } from '../../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { LineBuffer } from '../../csv/lineBuffer.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { plannedFile } from '../../plan/fileFields.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles, unfilledChunkFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'
import { BATCH_RECORDS } from './lanes.ts'

/** Each chunk has files of its own, and Temporal's history of the run lists them all. */
const MAX_CHUNKS = 10_000

/** Bytes collected before they are written to the file. */
const BLOCK = 64_000

/** The first columns of a keyed chunk, one for each key field, hold the values by which each record is found. */
export const KEY_COLUMN = 'key'

export type ChunkPart = {
  readonly chunk: number
  readonly operation: Operation
  /** 1-based. */
  readonly attempt: number
  /** Which files it has: `keyed` while matchRecords has yet to find its records by their keys, `unfilled` while fillParents has yet to find their parents. */
  readonly form: 'sent' | 'keyed' | 'unfilled'
}

export type ChunkLimit = { readonly records: number; readonly bytes: number }

/** Files are sent one after another, so several chunks are in progress at a time; with base64, a step that sends a chunk has it in memory. */
const OF_FILES: ChunkLimit = { records: 25, bytes: 10_000_000 }

/** A small source makes one chunk whichever engine it goes through, so the engine may be chosen once the records are counted. */
export function chunkLimit(
  { engine, chunk }: Pick<SyncSpec, 'engine' | 'chunk'>,
  plan: Pick<SyncPlan, 'object' | 'fields'>,
  isGrouped: boolean,
): ChunkLimit {
  if (plannedFile(plan) !== undefined) return OF_FILES
  const records = engine === 'collections' ? chunk.collectionsRecords : chunk.bulkRecords
  return { records: isGrouped ? Math.min(records, BATCH_RECORDS) : records, bytes: chunk.bulkBytes }
}

function filesOf({ chunk, attempt, form }: ChunkPart) {
  switch (form) {
    case 'keyed':
      return keyedChunkFiles(chunk)
    case 'unfilled':
      return unfilledChunkFiles(chunk)
    case 'sent':
      return chunkFiles(chunk, attempt)
  }
}

export const UNLIMITED: ChunkLimit = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/**
 * Writes one chunk: the records as they will be sent, and their source rows. With `keyed`, the key that
 * finds each record precedes its cells.
 */
export class ChunkWriter {
  readonly chunk: number
  readonly operation: Operation
  readonly #limit: ChunkLimit
  readonly #csv: RunFileWriter
  readonly #rows: RunFileWriter
  readonly #csvLines = new LineBuffer()
  readonly #rowsLines = new LineBuffer()
  #bytes: number
  #records = 0
  #firstRow = 0

  constructor(
    store: Pick<RunStore, 'writer'>,
    part: ChunkPart,
    headers: { readonly csv: readonly string[]; readonly rows: readonly string[] },
    limit: ChunkLimit,
  ) {
    const files = filesOf(part)
    this.chunk = part.chunk
    this.operation = part.operation
    this.#limit = limit
    this.#csv = store.writer(files.csv)
    this.#rows = store.writer(files.rows)
    this.#csvLines.text(csvLine(headers.csv))
    this.#rowsLines.text(csvLine(headers.rows))
    this.#bytes = this.#csvLines.length
  }

  /** The facts of the chunk so far. */
  get staged(): StagedChunk {
    return { chunk: this.chunk, operation: this.operation, firstRow: this.#firstRow, records: this.#records }
  }

  /** Takes a record, or rejects it when the chunk is full. An empty chunk takes any. */
  add(row: number, identity: readonly string[], cells: readonly string[]): boolean {
    const line = csvLine(cells)
    if (!this.#hasRoom(Buffer.byteLength(line))) return false
    this.#csvLines.text(line)
    this.#rowsLines.text(csvLine([String(row), ...identity]))
    this.#count(row, Buffer.byteLength(line))
    return true
  }

  /** Takes a record as the lines of the two files, or rejects it when the chunk is full. */
  addLines(row: number, csv: LineBuffer, rows: LineBuffer): boolean {
    if (!this.#hasRoom(csv.length)) return false
    this.#csvLines.raw(csv.bytes, 0, csv.length)
    this.#rowsLines.raw(rows.bytes, 0, rows.length)
    this.#count(row, csv.length)
    return true
  }

  #hasRoom(bytes: number): boolean {
    const isFull = this.#records >= this.#limit.records || this.#bytes + bytes > this.#limit.bytes
    return !isFull || this.#records === 0
  }

  #count(row: number, bytes: number): void {
    this.#bytes += bytes
    if (this.#records === 0) this.#firstRow = row
    this.#records += 1
  }

  /** Writes what was collected to the files, and waits while they are slower. */
  async flush(least = BLOCK): Promise<void> {
    if (this.#csvLines.length + this.#rowsLines.length < least) return
    await this.#csv.write(this.#csvLines.written)
    await this.#rows.write(this.#rowsLines.written)
    this.#csvLines.clear()
    this.#rowsLines.clear()
  }

  async finish(): Promise<StagedChunk> {
    await this.flush(0)
    await this.#csv.finish()
    await this.#rows.finish()
    return this.staged
  }

  async discard(): Promise<void> {
    await this.#csv.discard()
    await this.#rows.discard()
  }
}

/**
 * Throws RunRejectedError when no chunk may follow.
 * @param chunks so far @param isGrouped chunks of records that are grouped by their parents have at most `BATCH_RECORDS` records
 */
export function requireRoom(chunks: number, isGrouped: boolean): void {
  if (chunks < MAX_CHUNKS) return
  const keys = [
    'chunk.bulkRecords',
    'chunk.bulkBytes',
    'chunk.collectionsRecords',
    ...(isGrouped ? ['groupBy: none'] : []),
  ]
  throw new RunRejectedError('The source', [
    `it makes more than ${MAX_CHUNKS} chunks; nothing was sent. Make chunks larger: ${keys.join(', ')}`,
  ])
}
