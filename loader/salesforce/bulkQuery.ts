import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject } from '../../packages/client/contract/issues.ts'
import { CsvCutError, SourceEmptyError } from '../csv/errors.ts'
import { readOwnCsv } from '../csv/ownCsv.ts'
import { AnswerCutError, OutcomeUnknownError, type RequestFacts, RequestRejectedError } from './errors.ts'
import { isJobId } from './ingestJobs.ts'
import type { Org } from './org.ts'
import { orgWords } from './rejections.ts'

/** Milliseconds between two polls of a job: short at first, for small tables. */
const FIRST_POLL = 500
const POLL_FACTOR = 1.5
const MAX_POLL = 15_000
/** Milliseconds until a query job must be done. */
const PATIENCE = 30 * 60_000
const PAGE_ROWS = 250_000

type QueryJob = { readonly id: string; readonly state: string; readonly errorMessage: string }

function readQueryJob(body: unknown): QueryJob | undefined {
  if (!isObject(body) || !isJobId(body['id']) || typeof body['state'] !== 'string') return undefined
  const errorMessage = orgWords(String(body['errorMessage'] ?? 'no reason given'))
  return { id: body['id'], state: body['state'], errorMessage }
}

export type BulkQueryOptions = { readonly action: string; readonly signal?: AbortSignal }

type Row = Readonly<Record<string, string>>

const pathOf = (id: string): string => `/jobs/query/${encodeURIComponent(id)}`

async function awaitQueryJob(org: Org, id: string, options: BulkQueryOptions): Promise<void> {
  const facts = { action: options.action, method: 'GET', path: org.root + pathOf(id) }
  const end = Date.now() + PATIENCE
  for (let wait = FIRST_POLL; Date.now() < end; wait = Math.min(wait * POLL_FACTOR, MAX_POLL)) {
    // An aborted pause ends with an error of its own; callers get their own reason.
    await pause(wait, undefined, options.signal && { signal: options.signal }).catch(() => undefined)
    options.signal?.throwIfAborted()
    const job = await org.json({ ...options, path: pathOf(id) }, readQueryJob)
    if (job.state === 'JobComplete') return
    if (job.state === 'Failed' || job.state === 'Aborted') {
      const detail = `the query job is ${job.state}: ${job.errorMessage}`
      throw new RequestRejectedError({ ...facts, statusCode: 200, errorCode: 'QUERY_JOB_FAILED', detail, fields: [] })
    }
  }
  throw new AnswerCutError({ ...facts, reason: `the query job was not done within ${PATIENCE / 60_000} minutes` })
}

/** Reads one page of results and compares its row count with the count that the org states. */
async function* readResultPage(
  org: Org,
  id: string,
  locator: string | undefined,
  options: BulkQueryOptions,
): AsyncGenerator<Row, string | undefined> {
  const facts = { action: options.action, method: 'GET', path: `${org.root}${pathOf(id)}/results` }
  const from = locator === undefined ? '' : `&locator=${encodeURIComponent(locator)}`
  const call = { ...options, ...facts, search: `?maxRecords=${PAGE_ROWS}${from}`, headers: { accept: 'text/csv' } }
  const { headers, body } = await org.requests.csv(call)
  let count = 0
  for await (const row of rowsOf(facts, body)) {
    count += 1
    yield row
  }
  const stated = headers['sforce-numberofrecords']
  if (stated !== undefined && Number(stated) !== count) {
    throw new AnswerCutError({ ...facts, reason: `${count} records came where ${stated} were stated` })
  }
  const next = headers['sforce-locator']
  // The locator of the last page is the text "null".
  if (next === undefined || next === 'null' || next === '') return undefined
  if (count === 0) throw new AnswerCutError({ ...facts, reason: 'an empty page is not the last one' })
  return next
}

/** The records of a page; a page without a header has none. Throws AnswerCutError when the page ends inside a value. */
async function* rowsOf(facts: RequestFacts, body: Readable): AsyncGenerator<Row> {
  try {
    const { header, batches } = await readOwnCsv(facts.path, body)
    for await (const { rows } of batches) {
      for (const row of rows) yield Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
    }
  } catch (error) {
    if (error instanceof SourceEmptyError) return
    if (error instanceof CsvCutError)
      throw new AnswerCutError({ ...facts, reason: 'the results end inside a value' }, error)
    throw error
  }
}

/** A query job whose id is unknown is harmless: for the caller, this is a failed read. */
function asRead(error: unknown): never {
  if (!(error instanceof OutcomeUnknownError)) throw error
  const [method = '', path = ''] = error.request.split(' ')
  throw new AnswerCutError({ action: error.action, method, path, reason: error.reason }, error.cause)
}

/**
 * The rows of a query job (Bulk API 2.0), page by page: few calls for many rows.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
 */
export async function* bulkQuery(org: Org, soql: string, options: BulkQueryOptions): AsyncGenerator<Row> {
  const body = { operation: 'query', query: soql, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' }
  const create = { ...options, method: 'POST', path: '/jobs/query', body } as const
  const { id } = await org.json(create, readQueryJob).catch(asRead)
  await awaitQueryJob(org, id, options)
  const seen = new Set<string | undefined>()
  let locator: string | undefined
  do {
    seen.add(locator)
    locator = yield* readResultPage(org, id, locator, options)
    if (locator !== undefined && seen.has(locator)) {
      const facts = { action: options.action, method: 'GET', path: `${org.root}${pathOf(id)}/results` }
      throw new AnswerCutError({ ...facts, reason: 'a page leads back to an earlier page' })
    }
  } while (locator !== undefined)
}
