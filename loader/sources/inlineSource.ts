import Papa from 'papaparse'
import type { SourceRecord } from '../../packages/client/contract/syncSpec.ts'
import { SourceEmptyError } from '../csv/errors.ts'
import { checkHeader } from './csvHeader.ts'
import type { SourceReader } from './sourceReader.ts'

const DESCRIPTION = 'inline'

/**
 * Reads records given in the workflow's input. The header has all their columns in order of first occurrence; a column that a
 * record does not have is blank. Throws SourceEmptyError or SourceHeaderError.
 */
export function readInlineSource(records: readonly SourceRecord[]): SourceReader {
  const { columns, rows } = tableOf(records)
  const header = columns.map(column => column.trim())
  if (header.length === 0) throw new SourceEmptyError(DESCRIPTION)
  checkHeader(DESCRIPTION, header)
  async function* batches() {
    yield { firstRow: 1, rows }
  }
  return { description: DESCRIPTION, header, batches: batches(), close: async () => undefined }
}

/** The records as CSV in UTF-8 with commas, every value quoted, so that reading it gives the very same records. */
export function inlineRecordsAsCsv(records: readonly SourceRecord[]): string {
  const { columns, rows } = tableOf(records)
  return `${Papa.unparse([columns, ...rows], { quotes: true, newline: '\n' })}\n`
}

function tableOf(records: readonly SourceRecord[]) {
  const columns = [...new Set(records.flatMap(record => Object.keys(record)))]
  const rows = records.map(record =>
    columns.map(column => (Object.hasOwn(record, column) ? (record[column] ?? '') : '')),
  )
  return { columns, rows }
}
