import { setImmediate, setTimeout } from 'node:timers/promises'
import { apexGuard } from '../faults/apexLimits.ts'
import type { FiredFault } from '../faults/faultBook.ts'
import { lockedRowsGuard } from '../faults/lockedRows.ts'
import type { Random } from '../random.ts'
import type { Org } from '../records/org.ts'
import type { Table } from '../records/table.ts'
import type { UserAccess } from '../schema/access.ts'
import { locksParent } from '../writes/parentLocks.ts'
import { createRecordWriter, isRejected } from '../writes/recordWriter.ts'
import { rowLocked } from '../writes/rowLocked.ts'
import type { WriteKind } from '../writes/writerOptions.ts'
import { BATCH_ROWS, type BatchPlaces } from './batches.ts'
import { type Column, readColumns } from './columns.ts'
import type { CsvRow } from './csvReader.ts'
import { COLUMN_DELIMITERS } from './csvText.ts'
import type { IngestJob } from './ingestJob.ts'
import { ResultFiles, type ResultLayout } from './resultFiles.ts'
import { CHUNK_ROWS, createRowWriter, type WrittenRow } from './rowWriter.ts'
import { firstLine, type Header, rowsOf, wrongHeader } from './upload.ts'

// Milliseconds of processing before other requests get their turn.
const SLICE_MS = 8

/** The dependencies of job processing. */
export type ProcessingContext = {
  readonly org: Org
  readonly table: Table
  readonly access: UserAccess
  readonly userPlace: number
  readonly clock: () => number
  readonly random: Random
  /** Faults on demand that apply to this job. */
  readonly faults: readonly FiredFault[]
  /** Minimum milliseconds InProgress. */
  readonly delayMs: number
  /** Absent in an org at full speed. */
  readonly places: BatchPlaces | undefined
  readonly takeTurn: TakeTurn
  readonly onWritten: (how: WriteKind) => void
}

function failure(faults: readonly FiredFault[]) {
  const failing = faults.flatMap(({ fault }) => (fault.type === 'failJob' ? [fault] : []))[0]
  return {
    afterRecords: failing?.afterRecords ?? Number.POSITIVE_INFINITY,
    errorMessage: failing?.errorMessage ?? 'TooManyLockFailure : Too many lock failure. Batch will not be retried.',
  }
}

/** Rows that are rejected, with the Id of the parent that another transaction held. */
type LockedRows = ReadonlyMap<CsvRow, string>

const NONE_LOCKED: LockedRows = new Map()

type WriteRows = (rows: readonly CsvRow[]) => readonly WrittenRow[]

/** Writes the rows of a job chunk by chunk, in short turns. */
class JobRun {
  readonly #job: IngestJob
  readonly #context: ProcessingContext
  #columns: readonly Column[] = []
  #files: ResultFiles
  #chunk: CsvRow[] = []
  /** Of the batch that is written. */
  #locked: LockedRows = NONE_LOCKED
  #batch: CsvRow[] = []
  /** Batches that have a place. */
  readonly #processed: Promise<void>[] = []
  /** Settles when the batches that ended are written. */
  #written: Promise<void> = Promise.resolve()
  #write: WriteRows | undefined
  #sliceEnd = 0
  readonly #begunAt = performance.now()
  readonly #failure: ReturnType<typeof failure>

  constructor(job: IngestJob, context: ProcessingContext) {
    this.#job = job
    this.#context = context
    this.#failure = failure(context.faults)
    const layout = { names: [], isQuoted: false, alphabetical: false, mixed: false }
    this.#files = new ResultFiles(job.request, layout, [], context.random)
  }

  async run(): Promise<void> {
    const { request, uploads } = this.#job
    const pieces = uploads.flatMap(upload => upload.pieces)
    uploads.length = 0
    const headerText = firstLine(pieces)
    let header: Header | undefined
    const batchRows = this.#context.places === undefined ? CHUNK_ROWS : BATCH_ROWS
    for await (const rows of rowsOf(pieces, COLUMN_DELIMITERS[request.columnDelimiter])) {
      for (const row of rows) {
        if (header === undefined) {
          header = { names: row.values, text: headerText }
          this.#begin(header, row.malformed)
          continue
        }
        this.#batch.push(row)
        if (this.#batch.length === batchRows) await this.#endBatch()
      }
    }
    await this.#endBatch()
    await Promise.all(this.#processed)
    this.#job.results = this.#files.finish()
  }

  #begin(header: Header, isMalformed: boolean): void {
    const { org, table, access, random } = this.#context
    const layout: ResultLayout = {
      names: header.names,
      isQuoted: header.text.includes('"'),
      alphabetical: random() < 0.5,
      mixed: this.#context.places === undefined,
    }
    const datetimes = random() < 0.5 ? 'seconds' : 'milliseconds'
    const columns = readColumns(org, table, access, header.names, datetimes)
    const unknown = typeof columns === 'string' ? `InvalidBatch : ${columns}` : undefined
    const malformed = isMalformed ? 'InvalidBatch : The header is not CSV' : undefined
    const problem = wrongHeader(this.#job.request, header) ?? malformed ?? unknown
    this.#columns = typeof columns === 'string' ? [] : columns
    this.#files = new ResultFiles(this.#job.request, layout, this.#columns, random)
    if (problem !== undefined) this.#job.errorMessage = problem
    else if (!isAborted(this.#job)) this.#write = this.#rowWriter()
  }

  #rowWriter(): WriteRows {
    const { org, table, access, userPlace, clock, faults, onWritten } = this.#context
    const { operation, externalIdFieldName = '', assignmentRuleId } = this.#job.request
    let rowsOfTransaction = 0
    const options = {
      org,
      table,
      access,
      onWritten,
      guards: [lockedRowsGuard(faults), apexGuard(faults, () => rowsOfTransaction)],
      assignment: assignmentRuleId === undefined ? undefined : { id: assignmentRuleId },
      // Bulk API 2.0 has no such header.
      allowsDuplicates: false,
      undoable: false,
      newFrom: table.count,
      writer: { now: clock(), userPlace },
    }
    const upsertKey = table.schema.fieldsByName.get(externalIdFieldName.toLowerCase())
    const write = createRowWriter(createRecordWriter(options), operation, this.#columns, upsertKey)
    return rows => {
      options.writer.now = clock()
      options.newFrom = table.count
      rowsOfTransaction = rows.length
      return write(rows)
    }
  }

  /** Writes the batch: at once, or after its time in a place of its own, while the next one is read. */
  async #endBatch(): Promise<void> {
    const { places, random } = this.#context
    const rows = this.#batch
    this.#batch = []
    if (places === undefined || this.#write === undefined) return this.#append(rows)
    const from = await places.take(this.#begunAt)
    const processed = this.#pass(rows, places, random(), from)
      .then(locked => this.#append(rows, locked))
      .finally(() => places.release())
    // Awaited after the last batch has its place.
    processed.catch(() => {})
    this.#processed.push(processed)
  }

  /** Lets the time of a batch pass, transaction by transaction. Resolves to the rows whose parent another transaction held meanwhile. */
  async #pass(rows: readonly CsvRow[], places: BatchPlaces, luck: number, from: number): Promise<LockedRows> {
    const locked = new Map<CsvRow, string>()
    const parents = this.#columns.flatMap((column, position) =>
      locksParent(column.field) ? [{ column, position }] : [],
    )
    if (places.locks === undefined || parents.length === 0) {
      await places.pass(rows.length, luck, from)
      return locked
    }
    const parentsOf = ({ values }: CsvRow): readonly string[] =>
      parents.flatMap(({ column, position }) => {
        const id = column.read(values[position] ?? '')
        return typeof id === 'string' && id !== '' ? [id] : []
      })
    for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
      const slice = rows.slice(first, first + CHUNK_ROWS).map(row => ({ row, ids: parentsOf(row) }))
      const { denied, release } = places.locks.take(slice.flatMap(({ ids }) => ids))
      for (const { row, ids } of slice) {
        const id = ids.find(each => denied.has(each))
        if (id !== undefined) locked.set(row, id)
      }
      await places.pass(slice.length, luck, performance.now())
      release()
    }
    return locked
  }

  /** Writes one batch at a time: its results stay together, in the order in which the batches end. */
  #append(rows: readonly CsvRow[], locked: LockedRows = NONE_LOCKED): Promise<void> {
    this.#written = this.#written.then(() => this.#writeBatch(rows, locked))
    return this.#written
  }

  async #writeBatch(rows: readonly CsvRow[], locked: LockedRows): Promise<void> {
    this.#locked = locked
    const { afterRecords, errorMessage } = this.#failure
    if (isAborted(this.#job)) this.#write = undefined
    for (const row of rows) {
      if (this.#job.processed + this.#chunk.length >= afterRecords) this.#fail(errorMessage)
      this.#chunk.push(row)
      if (this.#chunk.length === CHUNK_ROWS) await this.#writeFullChunk()
    }
    this.#writeChunk()
  }

  async #writeFullChunk(): Promise<void> {
    this.#writeChunk()
    if (performance.now() <= this.#sliceEnd) return
    await this.#context.takeTurn()
    this.#sliceEnd = performance.now() + SLICE_MS
    if (isAborted(this.#job)) this.#write = undefined
  }

  /** Writes the rows whose parents were free. Returns one outcome for each row, in their order. */
  #writeFree(rows: readonly CsvRow[], write: WriteRows): readonly WrittenRow[] {
    if (this.#locked.size === 0) return write(rows)
    const written = new Map(write(rows.filter(row => !this.#locked.has(row))).map(each => [each.row, each]))
    return rows.map(row => written.get(row) ?? { row, cells: [], outcome: rowLocked(this.#locked.get(row)) })
  }

  #fail(errorMessage: string): void {
    if (this.#job.errorMessage !== undefined) return
    this.#writeChunk()
    this.#job.errorMessage = errorMessage
    this.#write = undefined
  }

  #writeChunk(): void {
    if (this.#chunk.length === 0) return
    if (this.#write === undefined) this.#files.addUnprocessed(this.#chunk)
    else {
      const written = this.#writeFree(this.#chunk, this.#write)
      this.#files.addWritten(written)
      this.#job.processed += written.length
      for (const { outcome } of written) if (isRejected(outcome)) this.#job.failed += 1
    }
    this.#chunk = []
  }
}

function isAborted(job: IngestJob) {
  return job.state === 'Aborted'
}

function addedDelay(faults: readonly FiredFault[]): number {
  return faults.reduce((sum, { fault }) => (fault.type === 'delay' ? sum + fault.ms : sum), 0)
}

/** Processes a job that is UploadComplete to its end, unless it is aborted meanwhile, or a fault on demand leaves it InProgress. */
export async function processJob(job: IngestJob, context: ProcessingContext): Promise<void> {
  const startedAt = context.clock()
  const enter = (state: IngestJob['state']) => {
    job.state = state
    job.modifiedAt = context.clock()
  }
  const delayMs = context.delayMs + addedDelay(context.faults)
  await setTimeout(delayMs / 2)
  // Queued until the first batch could start.
  await context.places?.take(0)
  context.places?.release()
  if (isAborted(job)) return
  enter('InProgress')
  if (context.faults.some(({ fault }) => fault.type === 'stall')) return
  await setTimeout(delayMs / 2)
  try {
    await new JobRun(job, context).run()
  } catch (cause) {
    job.errorMessage = `Unknown : ${cause instanceof Error ? cause.message : String(cause)}`
  }
  job.processingMs = Math.max(1, context.clock() - startedAt)
  if (!isAborted(job)) enter(job.errorMessage === undefined ? 'JobComplete' : 'Failed')
}

/** Resolves when the caller's turn begins. */
type TakeTurn = () => Promise<void>

/** Grants turns one by one; Node handles network input between two turns. */
export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}
