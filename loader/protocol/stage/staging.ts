import { BULK_ABOVE_RECORDS, type Engine } from '../../../packages/client/contract/operations.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type CellBatch, recordValues } from '../../csv/cells.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { ByteMapping } from '../../mapping/byteMapping.ts'
import type { MappedRow, RejectedRow } from '../../mapping/mapCells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { SourceMarks } from '../../mapping/sourceMarks.ts'
import { type RepeatedKeys, repeatedKeyRejection } from '../../matching/repeatedKeys.ts'
import { isSearched, type SyncPlan } from '../../plan/syncPlan.ts'
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
import type { RowPlaces } from '../waves/rowPlaces.ts'
import { type Groups, groupsOf, parentIn } from './lanes.ts'
import { type ChunkRecord, OpenChunks } from './openChunks.ts'
import { type UnknownRows, UnstagedKeys } from './unstagedKeys.ts'

type StagingOptions = {
  /** Absent for records given inline. */
  readonly marks?: SourceMarks | undefined
  /** Gets each chunk whose files are written. */
  readonly onChunk?: (chunk: StagedChunk) => void
  readonly keys: RepeatedKeys
  /** Whether the values are as they are sent, so that nothing but `mapRow` reads them. */
  readonly isMapped?: boolean
  /** Absent when no row is the parent of another one. */
  readonly places?: RowPlaces | undefined
  /** The results of records that are not sent, by row. */
  readonly known?: ReadonlyMap<number, KnownResult> | undefined
}

/** Takes the rows of a source one by one, rejects what can't be sent, and cuts the rest into chunks, each of one operation. */
export class Staging {
  readonly #plan: SyncPlan
  readonly #mapping: CompiledMapping
  readonly #bytes: ByteMapping
  readonly #marks: SourceMarks | undefined
  readonly #onChunk: ((chunk: StagedChunk) => void) | undefined
  readonly #engine: SyncSpec['engine']
  readonly #isHardDelete: boolean
  /** Absent when the records are not grouped by their parents. */
  readonly #groups: Groups | undefined
  readonly #chunks: OpenChunks
  /** Absent when no row is the parent of another one. */
  readonly #places: RowPlaces | undefined
  /** By row, where rows below a rejected one count. */
  readonly #isRejected: Uint8Array | undefined
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
  /** The first rejected record without its values, for the message of a run that rejects too many. */
  firstRejection: { readonly row: number; readonly message: string } | undefined

  /** @param header of the source */
  constructor(
    store: Pick<RunStore, 'writer'>,
    { spec, plan }: Pick<PlannedRun, 'spec' | 'plan'>,
    header: readonly string[],
    mapping: CompiledMapping,
    { keys, marks, onChunk, known = new Map(), places, isMapped = false }: StagingOptions,
  ) {
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
    this.#chunks = new OpenChunks(store, { spec, plan }, this.#groups)
    this.#places = places
    this.#isRejected =
      places === undefined || spec.maxRejected === undefined ? undefined : new Uint8Array(places.waves.length)
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
      const isPlain = problem === undefined && !this.#isMapped && this.#places?.mayLoad(row) !== false
      const isTaken = isPlain && this.#takeBytes(batch, record, row, parent)
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
    this.#addLines({ row, operation, parent, wave: this.#places?.waveOf(row) })
    return true
  }

  /** @param row 1-based @param problem why its values can't be read for certain */
  #take(row: number, values: readonly string[], parent: string, problem?: string): void {
    this.#records += 1
    const mapped = this.#mapped(row, values, problem)
    const rejection = mapped.rejected ? mapped : (this.#misplaced(row, values, mapped) ?? this.#repeated(row, mapped))
    if (rejection !== undefined) {
      this.#reject(row, values, rejection)
      this.#unstaged?.add(row, values, problem === undefined)
      return
    }
    this.#marks?.count()
    this.#add(row, this.#mapping.identity(values), mapped as MappedRow, parent)
  }

  /** After the last row: those that will be rejected because of a row above them. Counted once, for a sync with `maxRejected`. */
  countBelow(): number {
    return this.#isRejected === undefined ? 0 : (this.#places?.markBelow(this.#isRejected) ?? 0)
  }

  /** Waits while the files are slower than the source. */
  async flush(): Promise<void> {
    await this.#chunks.flush(this.#onChunk)
    await this.#keys.flush()
    await this.#unstaged?.flush()
    if (this.#rejectedText === '') return
    await this.#rejected.write(this.#rejectedText)
    this.#rejectedText = ''
  }

  async finish(): Promise<StagedSource & { readonly unknown?: UnknownRows }> {
    await this.flush()
    const chunks = await this.#chunks.finish(this.#onChunk)
    await this.#rejected.finish()
    const unknown = await this.#unstaged?.finish()
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
    await this.#chunks.discard()
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

  /** The rejection of a row without its parent, or in a ring of parents. */
  #misplaced(row: number, values: readonly string[], { operation }: MappedRow): RejectedRow | undefined {
    const { positionOf } = this.#mapping
    return this.#places?.rejectionOf(row, operation, column => values[positionOf(column)] ?? '')
  }

  #reject(row: number, values: readonly string[], { operation, errorCode, errorMessage }: RejectedRow): void {
    this.#rejections += 1
    if (this.#isRejected !== undefined) this.#isRejected[row] = 1
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
    const cells = isSearched(this.#plan, mapped.operation) ? [...mapped.keys, ...mapped.cells] : mapped.cells
    this.#bytes.line.clear().text(csvLine(cells))
    this.#bytes.rowLine.clear().text(csvLine([String(row), ...identity]))
    const wave = mapped.wave ?? this.#places?.waveOf(row)
    this.#addLines({ row, operation: mapped.operation, parent, wave })
  }

  #addLines(record: ChunkRecord): void {
    this.#chunks.add(record, this.#bytes.line, this.#bytes.rowLine)
  }
}

const unreadable = (errorMessage: string): RejectedRow => ({
  rejected: true,
  operation: '',
  errorCode: 'MISPLACED_QUOTE',
  errorMessage,
})
