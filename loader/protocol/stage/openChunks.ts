import type { Operation } from '../../../packages/client/contract/operations.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import type { LineBuffer } from '../../csv/lineBuffer.ts'
import { isFilled } from '../../plan/selfReferences.ts'
import { isSearched, type SyncPlan, searchedFields, wireColumns } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { type ChunkLimit, type ChunkPart, ChunkWriter, chunkLimit, KEY_COLUMN, requireRoom } from './chunkWriter.ts'
import { type Groups, laneOf } from './lanes.ts'

/** A record and what decides its chunk. */
export type ChunkRecord = {
  readonly row: number
  readonly operation: Operation
  /** Blank when the records are not grouped by their parents. */
  readonly parent: string
  /** Absent for the first wave. */
  readonly wave: number | undefined
}

type Place = Pick<StagedChunk, 'lane' | 'wave' | 'isUnfilled'>

/** The chunks into which the records of a source are cut: of each operation, wave and lane one is open. */
export class OpenChunks {
  readonly #store: Pick<RunStore, 'writer'>
  readonly #plan: SyncPlan
  readonly #limit: ChunkLimit
  /** Absent when the records are not grouped by their parents. */
  readonly #groups: Groups | undefined
  /** Whether records of later waves wait for the Ids of their parents. */
  readonly #isFilled: boolean
  /** By operation, wave and lane. */
  readonly #open = new Map<string, ChunkWriter>()
  /** Operations and waves whose first chunk is full. That chunk has records of any parent, because most sources need no second one. */
  readonly #grouped = new Set<string>()
  readonly #places = new Map<number, Place>()
  readonly #full: ChunkWriter[] = []
  readonly #finished: StagedChunk[] = []
  #last = 0

  constructor(
    store: Pick<RunStore, 'writer'>,
    { spec, plan }: Pick<PlannedRun, 'spec' | 'plan'>,
    groups: Groups | undefined,
  ) {
    this.#store = store
    this.#plan = plan
    this.#limit = chunkLimit(spec, plan, groups !== undefined)
    this.#groups = groups
    this.#isFilled = isFilled(plan)
  }

  /** Adds the lines of a record to its chunk. */
  add(record: ChunkRecord, line: LineBuffer, rowLine: LineBuffer): void {
    const { row, operation, parent, wave } = record
    const group = wave === undefined ? operation : `${operation} wave ${wave}`
    const lane = this.#laneOf(group, row, parent)
    const place = lane === undefined ? group : `${group} lane ${lane}`
    const open = this.#open.get(place)
    if (open?.addLines(row, line, rowLine) === true) return
    if (open !== undefined) this.#full.push(open)
    if (open !== undefined && lane === undefined && this.#groups !== undefined) {
      this.#open.delete(place)
      this.#grouped.add(group)
      this.add(record, line, rowLine)
      return
    }
    const next = this.#newChunk(operation, lane, wave)
    next.addLines(row, line, rowLine)
    this.#open.set(place, next)
  }

  /** Waits while the files are slower than the source. @param onChunk gets each chunk whose files are written */
  async flush(onChunk?: (chunk: StagedChunk) => void): Promise<void> {
    for (let writer = this.#full[0]; writer !== undefined; writer = this.#full[0]) {
      const staged = await writer.finish()
      // After an error it is discarded with the others.
      this.#full.shift()
      const chunk = { ...staged, ...this.#places.get(staged.chunk) }
      this.#finished.push(chunk)
      onChunk?.(chunk)
    }
    for (const writer of this.#open.values()) await writer.flush()
  }

  /** All chunks in their order. */
  async finish(onChunk?: (chunk: StagedChunk) => void): Promise<readonly StagedChunk[]> {
    this.#full.push(...this.#open.values())
    this.#open.clear()
    await this.flush(onChunk)
    return this.#finished.toSorted((a, b) => a.chunk - b.chunk)
  }

  async discard(): Promise<void> {
    await Promise.all([...this.#full, ...this.#open.values()].map(writer => writer.discard()))
  }

  /** undefined for records that go into chunks in the order of the source. */
  #laneOf(group: string, row: number, parent: string): number | undefined {
    if (this.#groups === undefined || !this.#grouped.has(group)) return undefined
    return laneOf(parent, row, this.#groups.lanes)
  }

  #newChunk(operation: Operation, lane: number | undefined, wave: number | undefined): ChunkWriter {
    requireRoom(this.#last, this.#groups !== undefined)
    this.#last += 1
    const isUnfilled = wave !== undefined && this.#isFilled
    this.#places.set(this.#last, { ...present({ lane, wave }), ...(isUnfilled && { isUnfilled }) })
    const columns = wireColumns(this.#plan, operation).map(({ name }) => name)
    const keyed = isSearched(this.#plan, operation)
    const keys = keyed ? searchedFields(this.#plan, operation).map(() => KEY_COLUMN) : []
    const part: ChunkPart = { chunk: this.#last, operation, attempt: 1, form: formOf(keyed, isUnfilled) }
    const headers = { csv: [...keys, ...columns], rows: ['row', ...this.#plan.identityFields] }
    return new ChunkWriter(this.#store, part, headers, this.#limit)
  }
}

function formOf(keyed: boolean, isUnfilled: boolean): ChunkPart['form'] {
  if (keyed) return 'keyed'
  return isUnfilled ? 'unfilled' : 'sent'
}
