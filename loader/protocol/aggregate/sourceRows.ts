import type { CsvBatch } from '../../csv/csvBatches.ts'
import { readCsv } from '../../sources/csv.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { SOURCE_FILE } from '../layout.ts'
import type { StagedRun } from '../runRecords.ts'

/** The rows of the source as they were read, from the run's own copy; requested in ascending order. Opened at the first request. */
export class SourceRows {
  readonly #store: RunStore
  readonly #staged: StagedRun
  #reader: SourceReader | undefined
  #batches: AsyncIterator<CsvBatch> | undefined
  #batch: CsvBatch = { firstRow: 1, rows: [] }

  constructor(store: RunStore, staged: StagedRun) {
    this.#store = store
    this.#staged = staged
  }

  /** @param row 1-based. Throws a RangeError when the copy ends before it. */
  async at(row: number): Promise<readonly string[]> {
    const batches = this.#batches ?? (await this.#open())
    for (;;) {
      const values = this.#batch.rows[row - this.#batch.firstRow]
      if (values !== undefined) return values
      const { value, done } = await batches.next()
      if (done) throw new RangeError(`${this.#store.location}/${SOURCE_FILE} has no row ${row}`)
      this.#batch = value
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  async #open(): Promise<AsyncIterator<CsvBatch>> {
    const { delimiter, encoding } = this.#staged
    const bytes = await this.#store.read(SOURCE_FILE)
    this.#reader = await readCsv(bytes, { description: SOURCE_FILE, delimiter, encoding })
    this.#batches = this.#reader.batches[Symbol.asyncIterator]()
    return this.#batches
  }
}
