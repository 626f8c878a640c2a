import { type CellBatch, cellText, recordValues } from '../csv/cells.ts'
import { CellsCsv } from '../csv/cellsCsv.ts'
import { SourceRowError } from './errors.ts'
import type { SourceReader } from './sourceReader.ts'

const ADVICE =
  'Correct it, or set shortRows: fill beside the uri if values that are missing at the end of a row are blank.'

/**
 * Renders the records of a reader in the dialect of our own files, without a header, each with as many values as the header has names.
 * What reads them cannot reject a single row: throws SourceRowError for one that is not whole.
 * A block is valid until the next one is requested.
 * @param fill whether blank values are added to short rows
 */
export async function* wholeRows(
  { description, header, batches }: SourceReader,
  fill: boolean,
): AsyncGenerator<Buffer, void> {
  const csv = new CellsCsv()
  for await (const batch of batches) {
    for (let record = 0; record < batch.records; record++) {
      const problem = rowProblem(batch, record, header, fill)
      if (problem !== undefined) throw new SourceRowError(description, batch.firstRow + record, problem, ADVICE)
    }
    yield csv.of(batch, header.length)
  }
}

function rowProblem(batch: CellBatch, record: number, header: readonly string[], fill: boolean): string | undefined {
  const first = batch.firstCells[record] as number
  const values = (batch.firstCells[record + 1] as number) - first
  const problem = batch.problems.get(record)
  if (problem !== undefined) return problem
  if (values > header.length || (values < header.length && !fill)) {
    return `it has ${values} values, and the header has ${header.length} columns`
  }
  // The last name decides for nearly every row.
  if (cellText(batch, first + values - 1).trim() !== header.at(-1) || values < header.length) return undefined
  const isHeader = recordValues(batch, record).every((value, index) => value.trim() === header[index])
  return isHeader ? 'it is the header again, as in files that were joined' : undefined
}
