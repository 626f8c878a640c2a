// The first records of the source that `sflink init` is given.
import { recordValues } from '../../loader/csv/cells.ts'
import { SourceFileError } from '../../loader/sources/errors.ts'
import { openSource, statSource } from '../../loader/sources/open.ts'
import type { SourcePlaces } from '../../loader/sources/sourceReader.ts'
import { kindOfSource } from '../../loader/sources/sourceUri.ts'
import { hasForm, isMostly, type SampledColumn } from '../../loader/suggest/columnFacts.ts'
import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import { CommandError } from '../commandError.ts'

/** Records that are looked at; those of a date in one order of day and month are rarely more. */
const SAMPLED = 1_000

/**
 * What has to be added to `dataDirectories` so that the source may be read; undefined when nothing has to. The file alone, not its
 * directory: services may load any file of a data directory.
 */
export async function neededPlace(
  source: ExternalSource,
  places: SourcePlaces,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await statSource(source, places, signal)
    return undefined
  } catch (error) {
    if (!(error instanceof SourceFileError) || error.problem.kind !== 'outside') throw error
    const { uri } = source
    if (kindOfSource(uri) === 'file') return decodeURIComponent(uri.slice('file:'.length))
    const [address = ''] = uri.split(/[?#]/)
    return address.slice(0, address.lastIndexOf('/') + 1)
  }
}

type SampledRow = { readonly row: number; readonly values: readonly string[] }

export type Sample = {
  /** As messages name it. */
  readonly description: string
  readonly columns: readonly SampledColumn[]
  readonly header: readonly string[]
  /** The first records that can be read, with their numbers in the source. */
  readonly rows: readonly SampledRow[]
  readonly reading: SourceReading | undefined
}

/**
 * Reads the first records.
 * @param decimalSeparator with which numbers of a workbook or a database are written
 * Throws a SourceError, and CommandError when the source has no record or no header.
 */
export async function sampleSource(
  source: ExternalSource,
  places: SourcePlaces,
  signal: AbortSignal,
  decimalSeparator: '.' | ',' = '.',
): Promise<Sample> {
  const reader = await openSource(source, { ...places, signal, decimalSeparator })
  const { header, description } = reader
  const rows: SampledRow[] = []
  try {
    for await (const batch of reader.batches) {
      for (let record = 0; record < batch.records && rows.length < SAMPLED; record += 1) {
        if (!batch.problems.has(record))
          rows.push({ row: batch.firstRow + record, values: recordValues(batch, record) })
      }
      if (rows.length >= SAMPLED) break
    }
  } finally {
    await reader.close()
  }
  checkTable(description, header, rows)
  const columns = header.map((name, index) => ({ name, values: rows.map(({ values }) => values[index] ?? '') }))
  return { description, columns, header, rows, reading: reader.reading?.() }
}

function checkTable(description: string, header: readonly string[], rows: readonly SampledRow[]): void {
  const isValue = (cell: string) => hasForm('number', cell) || hasForm('date', cell) || hasForm('phone', cell)
  const named = header.filter(cell => cell !== '')
  if (named.some(cell => hasForm('email', cell)) || isMostly(named, isValue)) {
    throw new CommandError(
      `${description} has no header: its first line is ${JSON.stringify(header.slice(0, 3).join(', '))}; add a line with the names of the columns above it`,
    )
  }
  if (rows.length > 0) return
  throw new CommandError(
    `${description} has a header and no record that can be read; init matches columns by their values too, so give a file with records`,
  )
}
