import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import type { OpenedExternal } from '../../packages/client/contract/sourceSpec.ts'
import type { CellBatch } from '../csv/cells.ts'
import { CellsCsv } from '../csv/cellsCsv.ts'
import { csvLine } from '../csv/ownCsv.ts'
import { SourceHeaderError, SourceRowError } from './errors.ts'
import { descriptionOf } from './filePattern.ts'
import { fileReadings } from './fileReadings.ts'
import { formatOf } from './formats.ts'
import type { SourceReader, SourceTable } from './sourceReader.ts'

/**
 * Reads files one after the other as one table: each in its own encoding, all with the same columns in the same order.
 * @param open opens one of them. Throws, while being read, SourceHeaderError for other columns.
 */
export function joinedTable(
  source: OpenedExternal,
  uris: readonly string[],
  open: (source: OpenedExternal) => Promise<SourceReader>,
): SourceTable {
  const description = descriptionOf(source.uri, uris, source.uri)
  const readings: SourceReading[] = []
  async function* csv(): AsyncGenerator<Uint8Array, void> {
    const rows = new CellsCsv()
    let first: SourceReader | undefined
    for (const uri of uris) {
      const reader = await open({ ...source, uri })
      try {
        if (first === undefined) yield Buffer.from(csvLine(reader.header))
        else checkColumns(first, reader)
        first ??= reader
        for await (const batch of reader.batches) {
          checkRows(reader, batch)
          yield rows.of(batch, 1)
        }
        const reading = reader.reading?.()
        if (reading !== undefined) readings.push(reading)
      } finally {
        await reader.close()
      }
    }
  }
  return {
    description,
    csv,
    reading: () => ({ source: description, format: formatOf(source), ...fileReadings(readings) }),
    close: async () => undefined,
  }
}

function checkColumns(first: SourceReader, { description, header }: SourceReader): void {
  const lacks = first.header.filter(name => !header.includes(name))
  const more = header.filter(name => !first.header.includes(name))
  const isEqual = header.length === first.header.length && header.every((name, index) => name === first.header[index])
  if (isEqual) return
  const differences = [
    ...(lacks.length === 0 ? [] : [`it lacks ${shown(lacks)}`]),
    ...(more.length === 0 ? [] : [`it has ${shown(more)}`]),
  ]
  const problem = differences.length === 0 ? 'their order or number is another one' : differences.join(', and ')
  throw new SourceHeaderError(
    description,
    `its columns are not those of ${first.description}: ${problem}`,
    'Export all files of the pattern with the same columns in the same order.',
  )
}

const SHOWN_COLUMNS = 5

function shown(names: readonly string[]): string {
  const more = names.length > SHOWN_COLUMNS ? ` and ${names.length - SHOWN_COLUMNS} more` : ''
  return `${names
    .slice(0, SHOWN_COLUMNS)
    .map(name => JSON.stringify(name))
    .join(', ')}${more}`
}

/** The CSV of all files cannot say that the quotes of a row are misplaced. */
function checkRows({ description }: SourceReader, { problems, firstRow }: CellBatch): void {
  const [problem] = problems
  if (problem !== undefined)
    throw new SourceRowError(description, firstRow + problem[0], problem[1], 'Correct its quotes.')
}
