// Collects the records that are left of many chunks into few: a run that sends only what changed would open an ingest job for each
// chunk, and a source of a million has ten.
import type { SyncPlan } from '../../../plan/syncPlan.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import type { ChunkLimit } from '../../stage/chunkWriter.ts'
import { BATCH_RECORDS } from '../../stage/lanes.ts'
import type { StagedChunk } from '../../staged.ts'
import { mergePacks, phaseOf } from './mergedPacks.ts'
import { Pack } from './pack.ts'

export class Packs {
  readonly #store: RunStore
  readonly #plan: SyncPlan
  readonly #limit: ChunkLimit | undefined
  /** By operation, wave and lane. */
  readonly #open = new Map<string, Pack>()
  readonly #full: Pack[] = []
  readonly #finished: StagedChunk[] = []
  /** Waves with records that the org does not have yet: only for those the later ones wait. */
  readonly #creating = new Set<number>()

  /** @param limit of a chunk; undefined when each chunk keeps its records */
  constructor(store: RunStore, plan: SyncPlan, limit: ChunkLimit | undefined) {
    this.#store = store
    this.#plan = plan
    this.#limit = limit
  }

  /** The pack for the next record of a chunk. @param bytes of the record */
  packFor(chunk: StagedChunk, bytes: number): Pack {
    const place = `${phaseOf(chunk)} ${chunk.lane ?? ''}`
    const open = this.#open.get(place)
    // The records of one chunk fit into one, although an Id may be longer than a key.
    if (open !== undefined && (open.chunk.chunk === chunk.chunk || this.#hasRoom(open, bytes))) return open
    if (open !== undefined) this.#full.push(open)
    const pack = new Pack(this.#store, this.#plan, chunk)
    this.#open.set(place, pack)
    return pack
  }

  /** A record of the chunk will be created. */
  noteCreate({ wave = 0 }: StagedChunk): void {
    this.#creating.add(wave)
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
    for (const pack of [...this.#full, ...this.#open.values()]) pack.chunk = this.#inWave(pack.chunk)
    this.#full.push(...(await this.#mergedLanes()))
    this.#open.clear()
    await this.flush()
    const written = new Map(this.#finished.map(chunk => [chunk.chunk, this.#inWave(chunk)]))
    const left: StagedChunk[] = []
    for (const chunk of chunks) {
      left.push(written.get(chunk.chunk) ?? (await new Pack(this.#store, this.#plan, this.#inWave(chunk)).finish()))
    }
    return left
  }

  async discard(): Promise<void> {
    for (const pack of [...this.#full, ...this.#open.values()]) await pack.discard()
  }

  /** The chunk in the wave that follows those it waits for. An undo that deletes has no records to wait for, and its waves are an order of their own. */
  #inWave(chunk: StagedChunk): StagedChunk {
    const { wave, ...others } = chunk
    if (wave === undefined || chunk.isUnfilled || chunk.operation !== 'upsert') return chunk
    const before = [...this.#creating].filter(one => one < wave).length
    return before === 0 ? others : { ...others, wave: before }
  }

  /** The open packs, those of an operation and wave in one where that is all that is left of it. */
  async #mergedLanes(): Promise<readonly Pack[]> {
    const open = [...this.#open.values()]
    if (this.#limit === undefined) return open
    const more = new Set([...this.#full.map(({ chunk }) => chunk), ...this.#finished].map(phaseOf))
    const most = Math.min(this.#limit.records, BATCH_RECORDS)
    const [last, others] = [
      open.filter(({ chunk }) => !more.has(phaseOf(chunk))),
      open.filter(({ chunk }) => more.has(phaseOf(chunk))),
    ]
    return [...others, ...(await mergePacks(this.#store, this.#plan, last, most))]
  }

  #hasRoom({ records, csv }: Pack, bytes: number): boolean {
    if (this.#limit === undefined) return false
    return records < this.#limit.records && csv.bytes + bytes <= this.#limit.bytes
  }
}
