import { type CellBatch, cellText } from '../../csv/cells.ts'
import { findColumns } from '../../mapping/columnNames.ts'
import { formulaText } from '../../mapping/sourceMarks.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import { isBlank } from '../../values/text.ts'
import { openSourceCopy } from '../aggregate/rejectedFiles.ts'
import type { EarlierFiles } from '../earlier/finalResults.ts'

/** The values of columns in the source of a run, from its own copy; requested in ascending order of rows. */
export class SourceKeys {
  readonly #reader: SourceReader
  readonly #batches: AsyncIterator<CellBatch>
  readonly #positions: readonly number[]
  readonly #blanks: ReadonlySet<string>
  /** Whether the marks that spreadsheets leave in values are read, as in values that are sent. */
  readonly #isFile: boolean
  #batch: CellBatch | undefined

  private constructor(
    reader: SourceReader,
    { run: { spec }, staged: { reading } }: EarlierFiles,
    positions: readonly number[],
  ) {
    this.#reader = reader
    this.#batches = reader.batches[Symbol.asyncIterator]()
    this.#positions = positions
    this.#blanks = new Set('uri' in spec.source ? spec.source.blankValues : [])
    this.#isFile = reading !== undefined
  }

  /** Throws RunRejectedError when the source has no such column. */
  static async open(earlier: EarlierFiles, columns: readonly string[]): Promise<SourceKeys> {
    const { store, runId, staged } = earlier
    const needed = columns.map(column => ({ use: 'by', column }))
    const found = findColumns(needed, staged.header)
    if (!found.ok) throw new RunRejectedError(`The source of the parents, run ${runId}`, found.problems)
    const positions = columns.map(column => found.positions.get(column) as number)
    return new SourceKeys(await openSourceCopy(store, staged), earlier, positions)
  }

  /** Whether the row is in memory; else `advance`. */
  has(row: number): boolean {
    return this.#batch !== undefined && row < this.#batch.firstRow + this.#batch.records
  }

  /** Reads on until the row is in memory. Throws a RangeError when the copy ends before it. */
  async advance(row: number): Promise<void> {
    while (!this.has(row)) {
      const { value, done } = await this.#batches.next()
      if (done) throw new RangeError(`The copy of the source has no row ${row}`)
      this.#batch = value
    }
  }

  /** undefined when one of the values is blank. */
  at(row: number): readonly string[] | undefined {
    const batch = this.#batch as CellBatch
    const index = row - batch.firstRow
    const first = batch.firstCells[index] as number
    const end = batch.firstCells[index + 1] as number
    const values: string[] = []
    for (const position of this.#positions) {
      const value = first + position < end ? this.#read(cellText(batch, first + position)) : ''
      if (isBlank(value)) return undefined
      values.push(value)
    }
    return values
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #read(value: string): string {
    if (!this.#isFile) return value
    const trimmed = value.trim()
    return this.#blanks.has(trimmed) ? '' : (formulaText(trimmed) ?? value)
  }
}
