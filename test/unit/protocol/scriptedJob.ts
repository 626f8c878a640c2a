// An ingest job of the scripted org, and its results.
import Papa from 'papaparse'
import type {
  IngestJob,
  IngestJobState,
  IngestResultsKind,
  SaveResult,
} from '../../../loader/salesforce/salesforceConnection.ts'

export type OrgRecord = Record<string, string>

export type OrgJob = {
  readonly id: string
  readonly operation: string
  readonly externalIdField: string
  state: IngestJobState
  rows: readonly OrgRecord[]
  results: readonly { readonly row: OrgRecord; readonly result: SaveResult }[]
  processed: number
  /** How often its state was read since it was closed. */
  polls: number
  errorMessage?: string
}

export const shown = ({ id, state, processed, results, errorMessage }: OrgJob): IngestJob => ({
  ...(errorMessage === undefined ? {} : { errorMessage }),
  id,
  state,
  numberRecordsProcessed: processed,
  numberRecordsFailed: results.filter(({ result }) => !result.success).length,
})

/** Salesforce sends results in no order. */
export function resultsCsv({ rows, results, processed }: OrgJob, kind: IngestResultsKind): string {
  const columns = Object.keys(rows[0] ?? {})
  const own = { successful: ['sf__Id', 'sf__Created'], failed: ['sf__Id', 'sf__Error'], unprocessed: [] }[kind]
  const lines: Readonly<Record<IngestResultsKind, readonly OrgRecord[]>> = {
    successful: results.flatMap(({ row, result: { success, id, created } }) =>
      success ? [{ ...row, sf__Id: id ?? '', sf__Created: String(created === true) }] : [],
    ),
    failed: results.flatMap(({ row, result: { success, errors } }) =>
      success ? [] : [{ ...row, sf__Id: '', sf__Error: `${errors[0]?.statusCode}:${errors[0]?.message}:--` }],
    ),
    unprocessed: rows.slice(processed),
  }
  return `${Papa.unparse({ fields: [...own, ...columns], data: lines[kind].toReversed() }, { newline: '\n' })}\n`
}

/** The result of a record that the org rejects. */
export const failed = (statusCode: string, message = statusCode): SaveResult => ({
  success: false,
  errors: [{ statusCode, message }],
})

/** The result of each record of a transaction that used too much CPU time. */
export const overLimit = failed(
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'ContactTrigger: System.LimitException: Apex CPU time limit exceeded',
)
