import { apiError } from '../apiError.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { type Call, isObject, jsonBody, notFound } from '../http/call.ts'
import type { QueryRow, QueryRows } from '../soql/types.ts'
import { isRawNumber } from '../values/javaNumber.ts'
import { checkBulkSoql } from './bulkSoql.ts'
import { COLUMN_DELIMITERS, LINE_ENDINGS, quotedLine } from './csvText.ts'
import { createdQueryJobBody, type QueryJob, runQueryJob } from './queryJobs.ts'

const MAX_ROWS_A_PAGE = 250_000
const ROWS_A_PIECE = 1000

// Datetimes in query jobs end in Z where the REST API has +0000.
function bulkText(text: string): string {
  return /^\d{4}-.*\.000\+0000$/.test(text) ? text.replace('+0000', 'Z') : text
}

function valueAt(row: QueryRow, path: string): string {
  let value: unknown = row
  for (const step of path.split('.')) {
    const name = isObject(value) ? Object.keys(value).find(key => key.toLowerCase() === step.toLowerCase()) : undefined
    value = isObject(value) && name !== undefined ? value[name] : undefined
  }
  if (value === null || value === undefined) return ''
  return isRawNumber(value) ? value.rawJSON : bulkText(String(value))
}

/** `POST /jobs/query`. */
export function createQueryJob(call: Call): Answer {
  const { state, caller, apiVersion } = call
  const { operation, query: soql, columnDelimiter, lineEnding } = jsonBody(call.body).value
  if (operation !== 'query' && operation !== 'queryAll') {
    throw apiError(400, 'API_ERROR', `Invalid value: '${String(operation)}' supplied for property: 'operation'`)
  }
  if (typeof soql !== 'string' || soql === '') throw apiError(400, 'API_ERROR', 'The query is missing')
  const job = state.queryJobs.add({
    operation,
    soql,
    columnDelimiter: isKey(COLUMN_DELIMITERS, columnDelimiter) ? columnDelimiter : 'COMMA',
    lineEnding: isKey(LINE_ENDINGS, lineEnding) ? lineEnding : 'LF',
    apiVersion,
    createdById: caller.id,
    createdAt: state.clock(),
    object: checkBulkSoql(soql, state.org, caller.access, apiVersion),
    state: 'UploadComplete',
    answer: undefined,
    errorMessage: undefined,
  })
  void runQueryJob(state, caller, job)
  return json(200, createdQueryJobBody(job))
}

function isKey<T extends object>(table: T, value: unknown): value is keyof T & string {
  return typeof value === 'string' && value in table
}

function jobInPath(call: Call): QueryJob {
  const job = call.state.queryJobs.find(call.params['job'] ?? '')
  if (job === undefined) throw notFound()
  return job
}

/** `GET /jobs/query/{id}`. */
export function queryJobInfo(call: Call): Answer {
  const job = jobInPath(call)
  return json(200, {
    ...createdQueryJobBody(job),
    jobType: 'V2Query',
    numberRecordsProcessed: job.answer?.rowCount ?? 0,
    retries: 0,
    totalProcessingTime: 1,
    isPkChunkingSupported: true,
    ...(job.errorMessage !== undefined && { errorMessage: job.errorMessage }),
  })
}

/** `PATCH /jobs/query/{id}` with the state `Aborted`. */
export function changeQueryJob(call: Call): Answer {
  const job = jobInPath(call)
  if (job.state === 'JobComplete') throw apiError(400, 'INVALIDJOBSTATE', 'Aborting already Completed Job not allowed')
  job.state = 'Aborted'
  return json(200, createdQueryJobBody(job))
}

/** `DELETE /jobs/query/{id}`. */
export function deleteQueryJob(call: Call): Answer {
  const job = jobInPath(call)
  if (job.state === 'UploadComplete' || job.state === 'InProgress') {
    throw apiError(400, 'API_ERROR', 'Error encountered when deleting the job because the job is not terminated')
  }
  call.state.queryJobs.delete(job.id)
  return noContent
}

function* resultPieces(job: QueryJob, answer: QueryRows, from: number, to: number): Generator<Buffer> {
  const delimiter = COLUMN_DELIMITERS[job.columnDelimiter]
  const lineEnd = LINE_ENDINGS[job.lineEnding]
  yield Buffer.from(quotedLine(answer.columns, delimiter) + lineEnd)
  for (let at = from; at < to; at += ROWS_A_PIECE) {
    const rows = answer.page(at, Math.min(ROWS_A_PIECE, to - at))
    const lines = rows.map(
      row =>
        quotedLine(
          answer.columns.map(column => valueAt(row, column)),
          delimiter,
        ) + lineEnd,
    )
    yield Buffer.from(lines.join(''))
  }
}

function locatorOf(row: number): string {
  return Buffer.from(String(row)).toString('base64url')
}

// Only locators of this resource are valid: those of rows that exist, in their one spelling.
function firstRow(locator: string | null, { rowCount }: QueryRows): number {
  if (locator === null || locator === '') return 0
  const row = Number(Buffer.from(locator, 'base64url').toString())
  if (row < rowCount && locatorOf(row) === locator) return row
  throw apiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
}

function rowsAsked(maxRecords: string | null): number {
  if (maxRecords === null) return MAX_ROWS_A_PAGE
  if (/^[1-9]\d*$/.test(maxRecords)) return Number(maxRecords)
  throw apiError(400, 'API_ERROR', `Invalid value: '${maxRecords}' supplied for property: 'maxRecords'`)
}

/** `GET /jobs/query/{id}/results?maxRecords=…&locator=…`; the header `Sforce-Locator` is the text `null` on the last page. */
export function queryJobResults(call: Call): Answer {
  const job = jobInPath(call)
  if (job.apiVersion !== call.apiVersion)
    throw apiError(409, 'CONFLICT', 'The job was created with another API version')
  const { answer } = job
  if (answer === undefined || job.state !== 'JobComplete')
    throw apiError(400, 'INVALIDJOBSTATE', `Job is in state ${job.state}`)
  const from = firstRow(call.query.get('locator'), answer)
  const to = Math.min(answer.rowCount, from + rowsAsked(call.query.get('maxRecords')))
  const locator = to < answer.rowCount ? locatorOf(to) : 'null'
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv',
      'sforce-locator': locator,
      'sforce-numberofrecords': String(to - from),
    },
    body: resultPieces(job, answer, from, to),
  }
}
