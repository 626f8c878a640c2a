import type { Operation } from '../../../packages/client/contract/operations.ts'
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'
import { readCellBatches } from '../../csv/cellBatches.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import type { RecordAnswer } from '../../results/recordAnswer.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'

/** The outcome of a record that is not sent, because it is known before. `operation` is empty when the source names none. */
export type KnownResult = RecordAnswer & { readonly operation: Operation | '' }

/** The records that are taken from an earlier run. */
export type EarlierRecords = {
  readonly reader: SourceReader
  /** By row of the new source, from 1. */
  readonly known: ReadonlyMap<number, KnownResult>
}

export type EarlierTable = {
  /** For messages. */
  readonly description: string
  readonly header: readonly string[]
  readonly delimiter: string
  /** Cells of the records, in batches. */
  readonly records: () => AsyncGenerator<readonly (readonly string[])[]>
  /** Whether the records are those of a file: then the marks that spreadsheets leave in values are read. */
  readonly isFile: boolean
}

/** A reader of records that are written as CSV of ours, in UTF-8. @param onBytes receives the bytes, to store a copy */
export async function openEarlier(
  { description, header, delimiter, records, isFile }: EarlierTable,
  onBytes: (bytes: Uint8Array) => Promise<void>,
): Promise<SourceReader> {
  await onBytes(Buffer.from(csvLine(header, delimiter)))
  async function* blocks(): AsyncGenerator<Buffer> {
    for await (const batch of records()) {
      const bytes = Buffer.from(batch.map(cells => csvLine(cells, delimiter)).join(''))
      await onBytes(bytes)
      yield bytes
    }
  }
  const open = blocks()
  // Quotes are written as CSV has them, so a backslash before one means nothing.
  const dialect = { source: description, delimiter, reportsEscapes: false }
  const reading: SourceReading = {
    source: description,
    format: 'csv',
    text: { encoding: 'utf-8', encodingBy: 'declared', samples: [], delimiter, delimiterBy: 'declared' },
    emptyRows: 0,
  }
  return {
    description,
    header,
    batches: readCellBatches(open, Buffer.alloc(0), 1, dialect),
    ...(isFile ? { reading: () => reading } : {}),
    close: async () => {
      await open.return(undefined)
    },
  }
}
