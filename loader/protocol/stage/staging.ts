import { BULK_ABOVE_RECORDS, type Engine, type Operation } from '../../../packages/client/contract/operations.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type CellBatch, recordValues } from '../../csv/cells.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { ByteMapping } from '../../mapping/byteMapping.ts'
import type { MappedRow, RejectedRow } from '../../mapping/mapCells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { SourceMarks } from '../../mapping/sourceMarks.ts'
import { type RepeatedKeys, repeatedKeyRejection } from '../../matching/repeatedKeys.ts'
import { plannedFile } from '../../plan/fileFields.ts'
import { isSearched, type SyncPlan, searchedFields, wireColumns } from '../../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsLine } from '../../results/chunkResults.ts'
import { ErrorCounter, rejectionsOf } from '../../results/errorCounts.ts'
import { messageTemplate } from '../../results/messageTemplate.ts'
import { failedAnswer } from '../../results/recordAnswer.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import { newCounts, tallyOf } from '../../results/tally.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import type { KnownResult } from '../earlier/earlierReader.ts'
import { REJECTED_RESULTS_FILE } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk, StagedSource } from '../staged.ts'
import { type ChunkLimit, ChunkWriter, chunkLimit, FILES, KEY_COLUMN, requireRoom } from './chunkWriter.ts'
import { type Groups, groupsOf, laneOf, parentIn } from './lanes.ts'
import { type UnknownRows, UnstagedKeys } from './unstagedKeys.ts'

type StagingOptions = {
  /** Absent for records given inline. */
  readonly marks?: SourceMarks | undefined
  /** Gets each chunk whose files are written. */
  readonly onChunk?: (chunk: StagedChunk) => void
  readonly keys: RepeatedKeys
  /** Whether the values are as they are sent, so that nothing but `mapRow` reads them. */
  readonly isMapped?: boolean
  /** The results of records that are not sent, by row. */
  readonly known?: ReadonlyMap<number, KnownResult> | undefined
}

/** Takes the rows of a source one by one, rejects what can't be sent, and cuts the rest into chunks, each of one operation. */
export class Staging {
  readonly #store: Pick<RunStore, 'writer'>
  readonly #plan: SyncPlan
  readonly #mapping: CompiledMapping
  readonly #bytes: ByteMapping
  readonly #marks: SourceMarks | undefined
  readonly #onChunk: ((chunk: StagedChunk) => void) | undefined
  readonly #engine: SyncSpec['engine']
  readonly #isHardDelete: boolean
  readonly #limit: ChunkLimit
  readonly #rowsHeader: readonly string[]
  /** Absent when the records are not grouped by their parents. */
  readonly #groups: Groups | undefined
  /** By operation and lane. */
  readonly #open = new Map<string, ChunkWriter>()
  /** Operations whose first chunk is full. That chunk has records of any parent, because most sources need no second one. */
  readonly #grouped = new Set<Operation>()
  readonly #lanes = new Map<number, number>()
  readonly #finished: StagedChunk[] = []
  readonly #full: ChunkWriter[] = []
  readonly #keys: RepeatedKeys
  readonly #known: ReadonlyMap<number, KnownResult>
  readonly #isMapped: boolean
  readonly #knownCounts = newCounts()
  readonly #rejected: RunFileWriter
  /** Absent when no missing records are searched for. */
  readonly #unstaged: UnstagedKeys | undefined
  #rejectedText: string
  #records = 0
  #rejections = 0
  readonly #errors = new ErrorCounter()
  #lastChunk = 0
  /** The first rejected record without its values, for the message of a run that rejects too many. */
  firstRejection: { readonly row: number; readonly message: string } | undefined

  /** @param header of the source */
  constructor(
    store: Pick<RunStore, 'writer'>,
    { spec, plan }: Pick<PlannedRun, 'spec' | 'plan'>,
    header: readonly string[],
    mapping: CompiledMapping,
    { keys, marks, onChunk, known = new Map(), isMapped = false }: StagingOptions,
  ) {
    this.#store = store
    this.#plan = plan
    this.#mapping = mapping
    this.#bytes = new ByteMapping(plan, header, mapping, marks)
    this.#keys = keys
    this.#marks = marks
    this.#onChunk = onChunk
    this.#known = known
    this.#isMapped = isMapped
    this.#engine = spec.engine
    this.#isHardDelete = spec.hardDelete
    this.#groups = groupsOf(spec, plan, mapping)
    this.#limit = plannedFile(plan) === undefined ? chunkLimit(spec, this.#groups !== undefined) : FILES
    this.#rowsHeader = ['row', ...plan.identityFields]
    this.#rejected = store.writer(REJECTED_RESULTS_FILE)
    this.#unstaged = plan.missing === undefined ? undefined : new UnstagedKeys(store, mapping, marks)
    this.#rejectedText = chunkResultsHeader(plan.identityFields)
  }

  takeAll(batch: CellBatch): void {
    const { records, firstRow, problems } = batch
    for (let record = 0; record < records; record++) {
      const row = firstRow + record
      const known = this.#known.size === 0 ? undefined : this.#known.get(row)
      if (known !== undefined) {
        this.#takeKnown(row, recordValues(batch, record), known)
        continue
      }
      const problem = problems.size === 0 ? undefined : problems.get(record)
      const parent = this.#groups === undefined ? '' : parentIn(batch, record, this.#groups)
      const isTaken = problem === undefined && !this.#isMapped && this.#takeBytes(batch, record, row, parent)
      if (!isTaken) this.#take(row, recordValues(batch, record), parent, problem)
    }
  }

  /** Takes a record without strings of its values; false when it may be rejected. */
  #takeBytes(batch: CellBatch, record: number, row: number, parent: string): boolean {
    const operation = this.#bytes.map(batch, record, row)
    if (operation === undefined) return false
    const { repeatKey } = this.#bytes
    if (repeatKey.length > 0 && this.#keys.seenBytes(repeatKey.bytes, repeatKey.length, row) !== undefined) return false
    this.#records += 1
    this.#marks?.count()
    this.#addLines(row, operation, parent)
    return true
  }

  /** @param row 1-based @param problem why its values can't be read for certain */
  #take(row: number, values: readonly string[], parent: string, problem?: string): void {
    this.#records += 1
    const mapped = this.#mapped(row, values, problem)
    const rejection = mapped.rejected ? mapped : this.#repeated(row, mapped)
    if (rejection !== undefined) {
      this.#reject(row, values, rejection)
      this.#unstaged?.add(row, values, problem === undefined)
      return
    }
    this.#marks?.count()
    this.#add(row, this.#mapping.identity(values), mapped as MappedRow, parent)
  }

  /** Waits while the files are slower than the source. */
  async flush(): Promise<void> {
    for (let writer = this.#full[0]; writer !== undefined; writer = this.#full[0]) {
      const chunk = await writer.finish()
      // After an error it is discarded with the others.
      this.#full.shift()
      this.#finished.push(chunk)
      this.#onChunk?.(chunk)
    }
    for (const writer of this.#open.values()) await writer.flush()
    await this.#keys.flush()
    await this.#unstaged?.flush()
    if (this.#rejectedText === '') return
    await this.#rejected.write(this.#rejectedText)
    this.#rejectedText = ''
  }

  async finish(): Promise<StagedSource & { readonly unknown?: UnknownRows }> {
    this.#full.push(...this.#open.values())
    this.#open.clear()
    await this.flush()
    await this.#rejected.finish()
    const unknown = await this.#unstaged?.finish()
    const chunks = this.#finished
      .map(chunk => ({ ...chunk, ...present({ lane: this.#lanes.get(chunk.chunk) }) }))
      .toSorted((a, b) => a.chunk - b.chunk)
    const rejections = rejectionsOf(this.#errors)
    const known = tallyOf(this.#knownCounts)
    return {
      records: this.#records,
      rejected: this.#rejections,
      rejections,
      engine: this.#chosenEngine(),
      chunks,
      ...(this.#known.size === 0 ? {} : { known }),
      ...present({ unknown }),
    }
  }

  async discard(): Promise<void> {
    await Promise.all([...this.#full, ...this.#open.values()].map(writer => writer.discard()))
    await this.#rejected.discard()
    await this.#unstaged?.discard()
  }

  #chosenEngine(): Engine {
    if (this.#engine !== 'auto') return this.#engine
    if (this.#isHardDelete) return 'bulk'
    return this.#records > BULK_ABOVE_RECORDS ? 'bulk' : 'collections'
  }

  #mapped(row: number, values: readonly string[], problem: string | undefined): MappedRow | RejectedRow {
    if (problem !== undefined) return unreadable(problem)
    const read = this.#marks?.read(row, values) ?? values
    return 'rejected' in read ? read : this.#mapping.mapRow(read)
  }

  #repeated(row: number, { operation, keys, keyFields, repeatKey }: MappedRow): RejectedRow | undefined {
    if (repeatKey === '') return undefined
    const first = this.#keys.seen(repeatKey, row)
    if (first === undefined) return undefined
    return repeatedKeyRejection(operation, keyFields, keys, first)
  }

  #reject(row: number, values: readonly string[], { operation, errorCode, errorMessage }: RejectedRow): void {
    this.#rejections += 1
    this.#errors.add({ row, errorCode, errorMessage })
    this.firstRejection ??= { row, message: messageTemplate(errorCode, errorMessage) }
    this.#addResult(row, values, { operation, ...failedAnswer({ code: errorCode, message: errorMessage }) })
  }

  #takeKnown(row: number, values: readonly string[], known: KnownResult): void {
    this.#records += 1
    this.#unstaged?.add(row, values, true)
    const { operation, outcome, errorCode, errorMessage } = known
    if (outcome === 'failed') {
      this.#reject(row, values, { rejected: true, operation, errorCode, errorMessage })
      return
    }
    this.#knownCounts[outcome] += 1
    this.#addResult(row, values, known)
  }

  #addResult(row: number, values: readonly string[], result: KnownResult): void {
    const timestamp = utcTimestamp(Date.now())
    this.#rejectedText += chunkResultsLine({ ...result, row, timestamp, identity: this.#mapping.identity(values) })
  }

  #add(row: number, identity: readonly string[], mapped: MappedRow, parent: string): void {
    const cells = this.#isKeyed(mapped.operation) ? [...mapped.keys, ...mapped.cells] : mapped.cells
    this.#bytes.line.clear().text(csvLine(cells))
    this.#bytes.rowLine.clear().text(csvLine([String(row), ...identity]))
    this.#addLines(row, mapped.operation, parent)
  }

  /** Adds the lines of a record to its chunk. */
  #addLines(row: number, operation: Operation, parent: string): void {
    const { line, rowLine } = this.#bytes
    const lane = this.#laneOf(operation, row, parent)
    const place = lane === undefined ? operation : `${operation} ${lane}`
    const open = this.#open.get(place)
    if (open?.addLines(row, line, rowLine) === true) return
    if (open !== undefined) this.#full.push(open)
    if (open !== undefined && lane === undefined && this.#groups !== undefined) {
      this.#open.delete(place)
      this.#grouped.add(operation)
      this.#addLines(row, operation, parent)
      return
    }
    const next = this.#newChunk(operation, lane)
    next.addLines(row, line, rowLine)
    this.#open.set(place, next)
  }

  /** undefined for records that go into chunks in the order of the source. */
  #laneOf(operation: Operation, row: number, parent: string): number | undefined {
    if (this.#groups === undefined || !this.#grouped.has(operation)) return undefined
    return laneOf(parent, row, this.#groups.lanes)
  }

  #newChunk(operation: Operation, lane: number | undefined): ChunkWriter {
    requireRoom(this.#lastChunk, this.#groups !== undefined)
    this.#lastChunk += 1
    if (lane !== undefined) this.#lanes.set(this.#lastChunk, lane)
    const keyed = this.#isKeyed(operation)
    const columns = wireColumns(this.#plan, operation).map(({ name }) => name)
    const keys = keyed ? searchedFields(this.#plan, operation).map(() => KEY_COLUMN) : []
    const csv = [...keys, ...columns]
    const part = { chunk: this.#lastChunk, operation, attempt: 1, keyed }
    return new ChunkWriter(this.#store, part, { csv, rows: this.#rowsHeader }, this.#limit)
  }

  #isKeyed(operation: Operation): boolean {
    return isSearched(this.#plan, operation)
  }
}

const unreadable = (errorMessage: string): RejectedRow => ({
  rejected: true,
  operation: '',
  errorCode: 'MISPLACED_QUOTE',
  errorMessage,
})
