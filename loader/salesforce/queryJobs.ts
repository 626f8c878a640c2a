import { isObject } from '../../packages/client/contract/issues.ts'
import { CsvCutError } from '../csv/errors.ts'
import { csvRecordBytes, type RecordBytes } from '../csv/recordBytes.ts'
import { AnswerCutError, OutcomeUnknownError, type RequestFacts } from './errors.ts'
import { isJobId } from './ingestJobs.ts'
import type { Org } from './org.ts'
import { orgWords } from './rejections.ts'
import { QUERY_JOB_STATES, type QueryJob, type QueryJobPage } from './salesforceConnection.ts'

/** Rows of one page: the most that an org gives. */
const PAGE_ROWS = 250_000

type Options = { readonly signal?: AbortSignal }

function readQueryJob(body: unknown): QueryJob | undefined {
  if (!isObject(body) || !isJobId(body['id'])) return undefined
  const state = QUERY_JOB_STATES.find(known => known === body['state'])
  if (state === undefined) return undefined
  return { id: body['id'], state, errorMessage: orgWords(String(body['errorMessage'] ?? 'no reason given')) }
}

const pathOf = (id: string): string => `/jobs/query/${encodeURIComponent(id)}`

/** A query job whose id is unknown is harmless: for the caller, this is a failed read. */
function asRead(error: unknown): never {
  if (!(error instanceof OutcomeUnknownError)) throw error
  const [method = '', path = ''] = error.request.split(' ')
  throw new AnswerCutError({ action: error.action, method, path, reason: error.reason }, error.cause)
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm */
export function openQueryJob(org: Org, soql: string, options: Options): Promise<QueryJob> {
  const body = { operation: 'query', query: soql, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' }
  const call = { ...options, action: 'Open a query job', method: 'POST', path: '/jobs/query', body } as const
  return org.json(call, readQueryJob).catch(asRead)
}

export const queryJob = (org: Org, id: string, options: Options): Promise<QueryJob> =>
  org.json({ ...options, action: `Read query job ${id}`, path: pathOf(id) }, readQueryJob)

/** Throws RequestRejectedError when the job has ended. */
export async function abortQueryJob(org: Org, id: string): Promise<void> {
  const call = { action: `Abort query job ${id}`, method: 'PATCH', path: pathOf(id) } as const
  await org.json({ ...call, body: { state: 'Aborted' } }, readQueryJob).catch(asRead)
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm */
export async function queryJobPage(
  org: Org,
  id: string,
  locator: string | undefined,
  options: Options,
): Promise<QueryJobPage> {
  const action = `Download the results of query job ${id}`
  const facts = { action, method: 'GET', path: `${org.root}${pathOf(id)}/results` }
  const from = locator === undefined ? '' : `&locator=${encodeURIComponent(locator)}`
  const call = { ...options, ...facts, search: `?maxRecords=${PAGE_ROWS}${from}`, headers: { accept: 'text/csv' } }
  const { headers, body } = await org.requests.csv(call)
  const stated = headers['sforce-numberofrecords']
  // The locator of the last page is the text "null".
  const { 'sforce-locator': next = '' } = headers
  const nextLocator = next === 'null' || next === '' ? null : next
  return { nextLocator, records: wholePage(facts, body, stated, nextLocator !== null) }
}

/** Passes the records on and compares their number with the one that the org states. */
async function* wholePage(
  facts: RequestFacts,
  body: AsyncIterable<Uint8Array>,
  stated: string | undefined,
  isFollowed: boolean,
): AsyncGenerator<RecordBytes, void> {
  let lines = 0
  try {
    for await (const records of csvRecordBytes(body, facts.path)) {
      lines += records.count
      yield records
    }
  } catch (error) {
    if (!(error instanceof CsvCutError)) throw error
    throw new AnswerCutError({ ...facts, reason: 'the results end inside a value' }, error)
  }
  // The first line is the header; a page without one has no records.
  const count = Math.max(0, lines - 1)
  if (stated !== undefined && Number(stated) !== count) {
    throw new AnswerCutError({ ...facts, reason: `${count} records came where ${stated} were stated` })
  }
  if (count === 0 && isFollowed) throw new AnswerCutError({ ...facts, reason: 'an empty page is not the last one' })
}
