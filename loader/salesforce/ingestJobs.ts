import type { Readable } from 'node:stream'
import { isObject } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { readKept } from '../http/body.ts'
import { streamCut } from './failures.ts'
import type { Org } from './org.ts'
import { queryRecords } from './query.ts'
import { answerLost, orgWords } from './rejections.ts'
import {
  INGEST_JOB_STATES,
  type IngestJob,
  type IngestJobRequest,
  type IngestResultsKind,
} from './salesforceConnection.ts'
import { soqlString } from './soql.ts'

/** Bulk API calls creating "insert"; nothing outside this file does. */
const OPERATIONS: Readonly<Record<IngestJobRequest['operation'], string>> = {
  create: 'insert',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
  hardDelete: 'hardDelete',
}

/** Paths below a job; the second word of the last is in lower case there. */
const RESULT_PATHS: Readonly<Record<IngestResultsKind, string>> = {
  successful: 'successfulResults',
  failed: 'failedResults',
  unprocessed: 'unprocessedrecords',
}

/** Objects with assignment rules that a bulk job can name. */
const OBJECTS_WITH_RULES: readonly string[] = ['Case', 'Lead']

const jobPath = (jobId: string): string => `/jobs/ingest/${encodeURIComponent(jobId)}`

/** Letters and digits only, because the id becomes a part of paths. */
export const isJobId = (id: unknown): id is string => typeof id === 'string' && /^[A-Za-z0-9]{1,64}$/.test(id)

function readJob(body: unknown): IngestJob | undefined {
  if (!isObject(body) || !isJobId(body['id'])) return undefined
  const state = INGEST_JOB_STATES.find(known => known === body['state'])
  if (state === undefined) return undefined
  const { id, numberRecordsProcessed: processed, numberRecordsFailed: failed, errorMessage } = body
  return {
    id,
    state,
    // Absent until the job has begun.
    numberRecordsProcessed: typeof processed === 'number' ? processed : 0,
    numberRecordsFailed: typeof failed === 'number' ? failed : 0,
    ...(typeof errorMessage === 'string' && { errorMessage: orgWords(errorMessage) }),
  }
}

/** A job names its assignment rule by Id, also the active one, and runs none otherwise. */
async function activeRule(org: Org, sObjectName: string, signal?: AbortSignal): Promise<string | undefined> {
  if (!OBJECTS_WITH_RULES.includes(sObjectName)) return undefined
  const soql = `SELECT Id FROM AssignmentRule WHERE SobjectType = ${soqlString(sObjectName)} AND Active = true LIMIT 1`
  const options = { action: `Find the assignment rule of ${sObjectName}`, ...present({ signal }) }
  for await (const { Id } of queryRecords(org, soql, options)) {
    return typeof Id === 'string' ? Id : undefined
  }
  return undefined
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm */
export async function openIngestJob(org: Org, request: IngestJobRequest, signal?: AbortSignal): Promise<IngestJob> {
  const { object, operation, externalIdField, assignmentRule: rule = false } = request
  const ruleId = rule === true ? await activeRule(org, object, signal) : rule || undefined
  const format = { contentType: 'CSV', lineEnding: 'LF', columnDelimiter: 'COMMA' }
  const optional = present({ externalIdFieldName: externalIdField, assignmentRuleId: ruleId })
  const body = { object, operation: OPERATIONS[operation], ...format, ...optional }
  const call = { action: `Open an ingest job for ${object}`, method: 'POST', path: '/jobs/ingest', body } as const
  return org.json({ ...call, ...present({ signal }) }, readJob)
}

/**
 * One PUT of `bytes` bytes: a job accepts only one. The org rejects a cut body, because it contradicts the stated length.
 * Throws RangeError when `csv` is not of that length, and `csv`'s own error when it cannot be read.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
 */
export async function uploadIngestData(
  org: Org,
  jobId: string,
  csv: Readable,
  bytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const facts = { action: `Upload to ingest job ${jobId}`, method: 'PUT', path: `${org.root}${jobPath(jobId)}/batches` }
  const call = {
    ...facts,
    headers: { 'content-type': 'text/csv' },
    body: { stream: csv, bytes },
    ...present({ signal }),
  }
  try {
    const statusCode = await org.requests.status(call)
    if (statusCode !== 201) throw answerLost(facts, { statusCode, reason: `${statusCode} instead of 201` })
  } finally {
    csv.destroy()
  }
}

function setState(
  org: Org,
  jobId: string,
  { state, action }: { readonly state: 'UploadComplete' | 'Aborted'; readonly action: string },
  signal: AbortSignal | undefined,
): Promise<IngestJob> {
  const call = { action: `${action} ingest job ${jobId}`, method: 'PATCH', path: jobPath(jobId) } as const
  return org.json({ ...call, body: { state }, ...present({ signal }) }, readJob)
}

/** Sets `UploadComplete`: from here on Salesforce processes the records. */
export const closeIngestJob = (org: Org, jobId: string, signal?: AbortSignal): Promise<IngestJob> =>
  setState(org, jobId, { state: 'UploadComplete', action: 'Close' }, signal)

/** Sets `Aborted`. Throws RequestRejectedError when the job is already over. */
export async function abortIngestJob(org: Org, jobId: string, signal?: AbortSignal): Promise<void> {
  await setState(org, jobId, { state: 'Aborted', action: 'Abort' }, signal)
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm */
export const ingestJob = (org: Org, jobId: string, signal?: AbortSignal): Promise<IngestJob> =>
  org.json({ action: `Read ingest job ${jobId}`, path: jobPath(jobId), ...present({ signal }) }, readJob)

const resultsPath = (jobId: string, kind: IngestResultsKind): string => `${jobPath(jobId)}/${RESULT_PATHS[kind]}`
const downloadOf = (jobId: string, kind: IngestResultsKind): string =>
  `Download the ${kind} results of ingest job ${jobId}`

/**
 * As Salesforce sends them, mostly compressed: they are stored, and `readIngestResults` reads them.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export async function ingestResults(
  org: Org,
  jobId: string,
  kind: IngestResultsKind,
  signal?: AbortSignal,
): Promise<Readable> {
  const { body } = await org.requests.keptCsv({
    action: downloadOf(jobId, kind),
    method: 'GET',
    path: `${org.root}${resultsPath(jobId, kind)}`,
    headers: { accept: 'text/csv' },
    ...(signal && { signal }),
  })
  return body
}

/**
 * The CSV of stored results. Throws AnswerCutError when they were cut or are a page: they are downloaded again.
 * @param head their first `KEPT_HEAD` bytes
 */
export function readIngestResults(
  head: Uint8Array,
  stored: Readable,
  jobId: string,
  kind: IngestResultsKind,
): AsyncGenerator<Uint8Array, void> {
  const call = { action: downloadOf(jobId, kind), method: 'GET', path: resultsPath(jobId, kind) } as const
  return readKept(head, stored, failure => streamCut(call, failure))
}
