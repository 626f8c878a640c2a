import type { Operation } from '../../../packages/client/contract/operations.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'

/** Characters collected before they are written to the file. */
const BLOCK = 64_000

export type ChunkPart = {
  readonly chunk: number
  readonly operation: Operation
  /** 1-based. */
  readonly attempt: number
  /** Whether matchRecords has yet to find the records by their keys. */
  readonly keyed: boolean
}

export type ChunkLimit = { readonly records: number; readonly bytes: number }

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
  #csvText: string
  #rowsText: string
  #bytes: number
  #records = 0
  #firstRow = 0

  constructor(
    store: RunStore,
    part: ChunkPart,
    headers: { readonly csv: readonly string[]; readonly rows: readonly string[] },
    limit: ChunkLimit,
  ) {
    const files = part.keyed ? keyedChunkFiles(part.chunk) : chunkFiles(part.chunk, part.attempt)
    this.chunk = part.chunk
    this.operation = part.operation
    this.#limit = limit
    this.#csv = store.writer(files.csv)
    this.#rows = store.writer(files.rows)
    this.#csvText = csvLine(headers.csv)
    this.#rowsText = csvLine(headers.rows)
    this.#bytes = Buffer.byteLength(this.#csvText)
  }

  /** The facts of the chunk so far. */
  get staged(): StagedChunk {
    return { chunk: this.chunk, operation: this.operation, firstRow: this.#firstRow, records: this.#records }
  }

  /** Takes a record, or rejects it when the chunk is full. An empty chunk takes any. */
  add(row: number, identity: readonly string[], cells: readonly string[]): boolean {
    const line = csvLine(cells)
    const bytes = Buffer.byteLength(line)
    const full = this.#records >= this.#limit.records || this.#bytes + bytes > this.#limit.bytes
    if (full && this.#records > 0) return false
    this.#csvText += line
    this.#rowsText += csvLine([String(row), ...identity])
    this.#bytes += bytes
    if (this.#records === 0) this.#firstRow = row
    this.#records += 1
    return true
  }

  /** Writes what was collected to the files, and waits while they are slower. */
  async flush(least = BLOCK): Promise<void> {
    if (this.#csvText.length + this.#rowsText.length < least) return
    const [csv, rows] = [this.#csvText, this.#rowsText]
    this.#csvText = ''
    this.#rowsText = ''
    await this.#csv.write(csv)
    await this.#rows.write(rows)
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
