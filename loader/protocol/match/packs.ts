// Collects the records that are left of many chunks into few: a run that sends only what changed would open an ingest job for each
// chunk, and a source of a million has ten.
import { csvLine } from '../../csv/ownCsv.ts'
import { type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles } from '../layout.ts'
import type { ChunkLimit } from '../stage/chunkWriter.ts'
import type { StagedChunk } from '../staged.ts'
import { CopiedFile } from './copiedFile.ts'

/** The files of a chunk that will be sent. It has the number of the first chunk whose records it may have. */
export class Pack {
  readonly chunk: StagedChunk
  readonly csv: CopiedFile
  readonly rows: CopiedFile
  records = 0

  constructor(store: RunStore, plan: SyncPlan, chunk: StagedChunk) {
    const files = chunkFiles(chunk.chunk, 1)
    this.chunk = chunk
    this.csv = new CopiedFile(store.writer(files.csv))
    this.rows = new CopiedFile(store.writer(files.rows))
    this.csv.addText(csvLine(wireColumns(plan, chunk.operation).map(({ name }) => name)))
    this.rows.addText(csvLine(['row', ...plan.identityFields]))
  }

  async flush(): Promise<void> {
    await this.csv.flush()
    await this.rows.flush()
  }

  async finish(): Promise<StagedChunk> {
    await this.csv.finish()
    await this.rows.finish()
    return { ...this.chunk, records: this.records }
  }

  async discard(): Promise<void> {
    await this.csv.discard()
    await this.rows.discard()
  }
}

export class Packs {
  readonly #store: RunStore
  readonly #plan: SyncPlan
  readonly #limit: ChunkLimit | undefined
  /** By operation and lane. */
  readonly #open = new Map<string, Pack>()
  readonly #full: Pack[] = []
  readonly #finished: StagedChunk[] = []

  /** @param limit of a chunk; undefined when each chunk keeps its records */
  constructor(store: RunStore, plan: SyncPlan, limit: ChunkLimit | undefined) {
    this.#store = store
    this.#plan = plan
    this.#limit = limit
  }

  /** The pack for the next record of a chunk. @param bytes of the record */
  packFor(chunk: StagedChunk, bytes: number): Pack {
    const place = `${chunk.operation} ${chunk.lane ?? ''}`
    const open = this.#open.get(place)
    // The records of one chunk fit into one, although an Id may be longer than a key.
    if (open !== undefined && (open.chunk.chunk === chunk.chunk || this.#hasRoom(open, bytes))) return open
    if (open !== undefined) this.#full.push(open)
    const pack = new Pack(this.#store, this.#plan, chunk)
    this.#open.set(place, pack)
    return pack
  }

  async flush(): Promise<void> {
    for (let pack = this.#full[0]; pack !== undefined; pack = this.#full[0]) {
      const chunk = await pack.finish()
      this.#full.shift()
      this.#finished.push(chunk)
    }
    for (const pack of this.#open.values()) await pack.flush()
  }

  /** Writes what is left. @param chunks all that were compared; one whose records are elsewhere becomes an empty one */
  async finish(chunks: readonly StagedChunk[]): Promise<StagedChunk[]> {
    this.#full.push(...this.#open.values())
    this.#open.clear()
    await this.flush()
    const written = new Map(this.#finished.map(chunk => [chunk.chunk, chunk]))
    const left: StagedChunk[] = []
    for (const chunk of chunks) {
      left.push(written.get(chunk.chunk) ?? (await new Pack(this.#store, this.#plan, chunk).finish()))
    }
    return left
  }

  async discard(): Promise<void> {
    for (const pack of [...this.#full, ...this.#open.values()]) await pack.discard()
  }

  #hasRoom({ records, csv }: Pack, bytes: number): boolean {
    if (this.#limit === undefined) return false
    return records < this.#limit.records && csv.bytes + bytes <= this.#limit.bytes
  }
}
