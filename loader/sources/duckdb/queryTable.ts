import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'
import type { ReadFormat } from '../../../packages/client/contract/sourceSpec.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { fileReadings } from '../fileReadings.ts'
import { temporaryFolder } from '../localFile.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { SourceQueryError } from './errors.ts'
import { runInProcess } from './queryProcess.ts'
import type { QueryTable } from './queryRequest.ts'

const READ_BYTES = 64 * 1024

/** What a query may use of the disk when a source may be of any size. */
const MOST_BYTES = 1e12

export type Query = {
  /** The name of the source in messages. */
  readonly description: string
  readonly format: ReadFormat
  readonly tables: readonly QueryTable[]
  readonly sql?: string
  /** How the tables were read that are no Parquet. */
  readonly readings?: readonly SourceReading[]
}

/**
 * Executes a query and gives its rows as a table. All rows are in a temporary file before the first one is read, so that a query that
 * fails loads nothing. Throws SourceQueryError.
 */
export async function queryTable(
  { description, format, tables, sql, readings = [] }: Query,
  opening: SourceOpening,
): Promise<SourceTable> {
  const { decimalSeparator = '.', maxSourceBytes = MOST_BYTES, signal } = opening
  const folder = await temporaryFolder()
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const [target, spill] = [join(folder, 'rows.csv'), join(folder, 'spill')]
    await mkdir(spill)
    const named: QueryTable[] = []
    for (const table of tables) named.push({ ...table, files: await plainNames(table.files, folder) })
    const outcome = await runInProcess(
      {
        tables: named,
        ...(sql === undefined ? {} : { sql }),
        target,
        spill,
        maxSpillBytes: maxSourceBytes,
        decimalSeparator,
      },
      { signal, maxBytes: maxSourceBytes },
    )
    if ('problem' in outcome) throw new SourceQueryError(description, outcome)
    const { columns } = outcome
    return {
      description,
      csv: () => csvOf(columns, target),
      reading: () => ({ source: description, format, ...fileReadings(readings) }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** DuckDB takes a path with a `*`, `?` or `[` for a pattern, which matches other files: such a file gets a link. */
async function plainNames(files: readonly string[], folder: string): Promise<readonly string[]> {
  const plain: string[] = []
  for (const file of files) {
    const isPlain = !/[*?[]/.test(file)
    const path = isPlain ? file : join(await mkdtemp(join(folder, 'link-')), basename(file).replaceAll(/[*?[]/g, '_'))
    if (!isPlain) await symlink(file, path)
    plain.push(path)
  }
  return plain
}

async function* csvOf(columns: readonly string[], path: string): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(csvLine(columns))
  yield* createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>
}
