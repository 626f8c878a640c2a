import { csvLine } from '../../../csv/ownCsv.ts'
import { type SyncPlan, wireColumns } from '../../../plan/syncPlan.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import { chunkFiles, unfilledChunkFiles } from '../../layout.ts'
import type { StagedChunk } from '../../staged.ts'
import { CopiedFile } from '../copiedFile.ts'

/** Bytes of a pack that are kept in memory; each lane has a pack. */
const HELD_BYTES = 512 * 1024

/** The files of a chunk that will be sent, or whose records wait for the Ids of their parents. It has the number of the first chunk whose records it may have. */
export class Pack {
  chunk: StagedChunk
  readonly csv: CopiedFile
  readonly rows: CopiedFile
  records = 0
  #isOpen = false

  constructor(store: RunStore, plan: SyncPlan, chunk: StagedChunk) {
    const files = chunk.isUnfilled ? unfilledChunkFiles(chunk.chunk) : chunkFiles(chunk.chunk, 1)
    this.chunk = chunk
    this.csv = new CopiedFile(store.writer(files.csv))
    this.rows = new CopiedFile(store.writer(files.rows))
    this.csv.addText(csvLine(wireColumns(plan, chunk.operation).map(({ name }) => name)))
    this.rows.addText(csvLine(['row', ...plan.identityFields]))
  }

  /** Whether all of its records are in memory. */
  get isHeld(): boolean {
    return !this.#isOpen
  }

  /** Writes what was collected, unless it is little: such a pack may become a part of another one. */
  async flush(): Promise<void> {
    if (!this.#isOpen && this.csv.bytes + this.rows.bytes < HELD_BYTES) return
    this.#isOpen = true
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
