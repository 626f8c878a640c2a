import type { RecordResult } from '../../../packages/client/contract/runReport.ts'
import { type CellBatch, recordValues } from '../../csv/cells.ts'
import { compileRejectedCsv, type RejectedCsv } from '../../results/resultsCsv.ts'
import { readCsv } from '../../sources/csv.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { IN_DOUBT_FILE, REJECTED_FILE, SOURCE_FILE } from '../layout.ts'
import type { StagedRun } from '../runRecords.ts'

/** Locations of the files; absent when nothing was written. */
export type WrittenRejectedFiles = { readonly rejected?: string; readonly inDoubt?: string }

/**
 * The rejected source rows with the reason: rejected.csv, to correct and load again, and in_doubt.csv with those that may be in the
 * org already.
 */
export class RejectedFiles {
  readonly #store: RunStore
  readonly #csv: RejectedCsv
  readonly #source: SourceRows
  readonly #writers = new Map<string, RunFileWriter>()

  constructor(store: RunStore, staged: StagedRun) {
    this.#store = store
    this.#csv = compileRejectedCsv(staged.header, staged.delimiter)
    this.#source = new SourceRows(store, staged)
  }

  /** Adds rejected results and those in doubt, in ascending order of rows. */
  async add({ row, outcome, errorCode, errorMessage }: RecordResult): Promise<void> {
    const writer = await this.#writer(outcome === 'in_doubt' ? IN_DOUBT_FILE : REJECTED_FILE)
    await writer.write(this.#csv.line(await this.#source.at(row), errorCode, errorMessage))
  }

  /** Removes files of an earlier end of the run that this end does not write. */
  async finish(): Promise<WrittenRejectedFiles> {
    await this.#source.close()
    for (const writer of this.#writers.values()) await writer.finish()
    const [rejected, inDoubt] = [this.#location(REJECTED_FILE), this.#location(IN_DOUBT_FILE)]
    if (rejected === undefined) await this.#store.remove(REJECTED_FILE)
    if (inDoubt === undefined) await this.#store.remove(IN_DOUBT_FILE)
    return { ...(rejected === undefined ? {} : { rejected }), ...(inDoubt === undefined ? {} : { inDoubt }) }
  }

  async discard(): Promise<void> {
    await this.#source.close()
    for (const writer of this.#writers.values()) await writer.discard()
  }

  #location(path: string): string | undefined {
    return this.#writers.has(path) ? `${this.#store.location}/${path}` : undefined
  }

  async #writer(path: string): Promise<RunFileWriter> {
    const open = this.#writers.get(path)
    if (open !== undefined) return open
    const writer = this.#store.writer(path)
    this.#writers.set(path, writer)
    await writer.write(this.#csv.header)
    return writer
  }
}

/** The rows of the source as they were read, from the run's own copy; requested in ascending order. Opened at the first request. */
export class SourceRows {
  readonly #store: RunStore
  readonly #staged: StagedRun
  #reader: SourceReader | undefined
  #batches: AsyncIterator<CellBatch> | undefined
  #batch: CellBatch | undefined

  constructor(store: RunStore, staged: StagedRun) {
    this.#store = store
    this.#staged = staged
  }

  /** @param row 1-based. Throws a RangeError when the copy ends before it. */
  async at(row: number): Promise<readonly string[]> {
    const batches = this.#batches ?? (await this.#open())
    for (;;) {
      const index = row - (this.#batch?.firstRow ?? 0)
      if (this.#batch !== undefined && index < this.#batch.records) return recordValues(this.#batch, index)
      const { value, done } = await batches.next()
      if (done) throw new RangeError(`${this.#store.location}/${SOURCE_FILE} has no row ${row}`)
      this.#batch = value
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  async #open(): Promise<AsyncIterator<CellBatch>> {
    this.#reader = await openSourceCopy(this.#store, this.#staged)
    this.#batches = this.#reader.batches[Symbol.asyncIterator]()
    return this.#batches
  }
}

/** Opens the run's own copy of its source. */
export async function openSourceCopy(
  store: RunStore,
  { delimiter, encoding, reading }: StagedRun,
): Promise<SourceReader> {
  // Inline records are copied as CSV, and each of them counts.
  const skipEmptyRows = reading !== undefined
  return readCsv(await store.read(SOURCE_FILE), { description: SOURCE_FILE, delimiter, encoding, skipEmptyRows })
}
