import { CellScanner } from '../../loader/csv/cellScanner.ts'
import type { CellBatch } from '../../loader/csv/cells.ts'
import { csvLine } from '../../loader/csv/ownCsv.ts'

/** Records as positions in bytes, all in one batch. @param quoted as Salesforce writes results */
export function cellsOf(records: readonly (readonly string[])[], quoted = false): CellBatch {
  const scanner = new CellScanner(0, { source: 'test', delimiter: ',', reportsEscapes: false })
  scanner.push(Buffer.from(records.map(quoted ? quotedLine : values => csvLine(values)).join('')))
  const batch = scanner.batch(true)
  if (batch?.records !== records.length)
    throw new Error(`${batch?.records} of ${records.length} records are in one batch`)
  return batch
}

const quotedLine = (values: readonly string[]): string =>
  `${values.map(value => `"${value.replaceAll('"', '""')}"`).join(',')}\n`
