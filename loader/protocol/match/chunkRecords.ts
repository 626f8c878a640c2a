import { csvRecordBytes, type RecordBytes } from '../../csv/recordBytes.ts'
import type { RunStore } from '../../storage/runStore.ts'

/** The line `row,<identity fields>` of a record. */
export type SourceLine = {
  readonly bytes: Buffer
  readonly start: number
  /** After its line feed. */
  readonly end: number
}

/** The number of a record in the source, and its identity fields as CSV with a comma before each. */
export function sourceOf({ bytes, start, end }: SourceLine): { readonly row: number; readonly identity: string } {
  const text = bytes.toString('utf8', start, end - 1)
  const row = Number.parseInt(text, 10)
  return { row, identity: text.slice(String(row).length) }
}

export type RecordVisitor = {
  /** Reads what the next record needs; undefined when that is in memory. */
  readonly prepare?: () => Promise<void> | undefined
  /** @param end after the line feed of the record @param source valid during the call @param planned its line in the plan */
  readonly take: (bytes: Buffer, start: number, end: number, source: SourceLine, planned?: SourceLine) => void
  /** Runs after each batch of records: writes what was collected. */
  readonly flush: () => Promise<void>
}

/** Visits the records of a chunk as they were staged, each with the line of its source row, and of the plan if one is given. Throws a RangeError when a line is missing. */
export async function visitRecords(
  store: RunStore,
  signal: AbortSignal,
  files: { readonly csv: string; readonly rows: string; readonly planned?: string },
  { prepare, take, flush }: RecordVisitor,
): Promise<void> {
  const linesOf = (path: string) => new SourceLines(csvRecordBytes(store.blocks(path), path))
  const source = linesOf(files.rows)
  const planned = files.planned === undefined ? undefined : linesOf(files.planned)
  let first = 1
  try {
    await source.next()
    await planned?.next()
    for await (const { bytes, count, starts } of csvRecordBytes(store.blocks(files.csv), files.csv)) {
      signal.throwIfAborted()
      for (let index = first; index < count; index++) {
        if (!source.advance() && !(await source.next())) {
          throw new RangeError(`${store.location}: ${files.rows} has fewer lines than ${files.csv}`)
        }
        if (planned !== undefined && !planned.advance() && !(await planned.next())) {
          throw new RangeError(`${store.location}: ${files.planned} has fewer lines than ${files.csv}`)
        }
        const reading = prepare?.()
        if (reading !== undefined) await reading
        take(bytes, starts[index] as number, starts[index + 1] as number, source, planned)
      }
      first = 0
      await flush()
    }
  } finally {
    await source.close()
    await planned?.close()
  }
}

/** The lines of a file one by one. */
class SourceLines implements SourceLine {
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

  get end(): number {
    return this.#batch?.starts[this.#index + 1] ?? 0
  }

  /** Goes to the next line of those in memory; false when there is none. */
  advance(): boolean {
    this.#index += 1
    return this.#index < (this.#batch?.count ?? 0)
  }

  /** Reads more lines and goes to the first of them; false at the end of the file. */
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
