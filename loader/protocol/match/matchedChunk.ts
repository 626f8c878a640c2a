import { CellReader } from '../../csv/cellReader.ts'
import { CollectedBytes, copyBytes } from '../../csv/collectedBytes.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { csvRecordBytes, type RecordBytes } from '../../csv/recordBytes.ts'
import { ID_BYTES, type KeyMatches } from '../../matching/keyMatches.ts'
import { wireColumns } from '../../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsText } from '../../results/chunkResults.ts'
import type { ErrorCounter } from '../../results/errorCounts.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'

export type MatchedChunkFacts = {
  readonly store: RunStore
  readonly run: PlannedRun
  /** When the org was read, epoch milliseconds. */
  readonly at: number
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly signal: AbortSignal
}

/**
 * Writes a chunk as it will be sent, with the Id in place of the key, and the results of records whose key finds no record, or several.
 * The bytes are copied as they were staged. Returns the number of records that are left.
 * @param firstRow of the chunk in the matches
 */
export async function writeMatchedChunk(
  facts: MatchedChunkFacts,
  { chunk }: StagedChunk,
  matches: KeyMatches,
  firstRow: number,
): Promise<number> {
  const { store, run, signal } = facts
  const [keyed, files] = [keyedChunkFiles(chunk), chunkFiles(chunk, 1)]
  const csv = new CopiedFile(store.writer(files.csv))
  const rows = new CopiedFile(store.writer(files.rows))
  const rejected = new CopiedFile(store.writer(files.unsent))
  const numbers = new RecordCursor(csvRecordBytes(store.blocks(keyed.rows), keyed.rows))
  const key = new CellReader()
  let row = firstRow
  let left = 0
  let first = 1
  try {
    await numbers.next()
    rows.add(numbers.bytes, numbers.start, numbers.end)
    csv.addText(csvLine(wireColumns(run.plan, 'update').map(({ name }) => name)))
    rejected.addText(chunkResultsHeader(run.plan.identityFields))
    for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(keyed.csv), keyed.csv)) {
      signal.throwIfAborted()
      for (let index = first; index < count; index++, row++) {
        if (!numbers.advance() && !(await numbers.next())) {
          throw new RangeError(`${store.location}: ${keyed.rows} has fewer lines than ${keyed.csv}`)
        }
        const end = starts[index + 1] as number
        key.read(bytes, starts[index] as number, end - 1)
        if (matches.count(row) === 1) {
          left++
          csv.addId(matches, row)
          csv.add(bytes, key.next, end)
          rows.add(numbers.bytes, numbers.start, numbers.end)
        } else rejected.addText(rejectionLine(facts, key.text, matches, row, numbers.text))
      }
      first = 0
      await csv.flush()
      await rows.flush()
      await rejected.flush()
    }
    for (const copied of [csv, rows, rejected]) await copied.finish()
  } catch (error) {
    for (const copied of [csv, rows, rejected]) await copied.discard()
    throw error
  } finally {
    await numbers.close()
  }
  return left
}

function rejectionLine(
  { run, at, errors }: MatchedChunkFacts,
  key: string,
  matches: KeyMatches,
  row: number,
  /** `row,<identity fields>` */
  source: string,
): string {
  const number = Number.parseInt(source, 10)
  const { object, keyField = 'Id' } = run.plan
  const reason = unusableKey(object, keyField, key, matches.count(row), matches.ids(row))
  errors.add({ row: number, ...reason })
  const result = { row: number, operation: 'update', outcome: 'failed', id: '', ...reason } as const
  return chunkResultsText({ ...result, timestamp: utcTimestamp(at) }, source.slice(String(number).length))
}

function unusableKey(object: string, field: string, key: string, count: number, ids: readonly string[]) {
  if (count === 0) return { errorCode: 'KEY_NOT_FOUND', errorMessage: `Key field: no ${object} has ${field} ${key}` }
  const shown = `${ids.join(', ')}${count > ids.length ? ' …' : ''}`
  return {
    errorCode: 'KEY_AMBIGUOUS',
    errorMessage: `Key field: ${count} ${object} records have ${field} ${key}: ${shown}`,
  }
}

/** Records of a file one by one. */
class RecordCursor {
  readonly #batches: AsyncGenerator<RecordBytes, void>
  #batch: RecordBytes | undefined
  #index = 0

  constructor(batches: AsyncGenerator<RecordBytes, void>) {
    this.#batches = batches
  }

  get bytes(): Buffer {
    return this.#batch?.bytes ?? Buffer.alloc(0)
  }

  get start(): number {
    return this.#batch?.starts[this.#index] ?? 0
  }

  /** After its line feed. */
  get end(): number {
    return this.#batch?.starts[this.#index + 1] ?? 0
  }

  get text(): string {
    return this.bytes.toString('utf8', this.start, this.end - 1)
  }

  /** Goes to the next record of those in memory; false when there is none. */
  advance(): boolean {
    this.#index += 1
    return this.#index < (this.#batch?.count ?? 0)
  }

  /** Reads more records and goes to the first of them; false at the end of the file. */
  async next(): Promise<boolean> {
    const { value } = await this.#batches.next()
    this.#batch = value ?? undefined
    this.#index = 0
    return value !== undefined
  }

  async close(): Promise<void> {
    await this.#batches.return()
  }
}

/** A file to which a few bytes are added at a time. */
class CopiedFile {
  readonly #writer: RunFileWriter
  readonly #collected = new CollectedBytes()

  constructor(writer: RunFileWriter) {
    this.#writer = writer
  }

  add(bytes: Buffer, start: number, end: number): void {
    const collected = this.#collected
    collected.length = copyBytes(bytes, start, end, collected.reserve(end - start), collected.length)
  }

  addId(matches: KeyMatches, row: number): void {
    const collected = this.#collected
    collected.length = matches.copyId(row, collected.reserve(ID_BYTES), collected.length)
  }

  addText(text: string): void {
    this.#collected.add(text)
  }

  /** Writes what was added, and waits while the file is slower. */
  async flush(): Promise<void> {
    await this.#writer.write(this.#collected.take())
  }

  async finish(): Promise<void> {
    await this.flush()
    await this.#writer.finish()
  }

  discard(): Promise<void> {
    return this.#writer.discard()
  }
}
