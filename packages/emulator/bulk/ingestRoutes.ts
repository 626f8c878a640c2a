import { apiError } from '../apiError.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { type Call, jsonBody, notFound } from '../http/call.ts'
import type { IngestJob, JobResults, JobState } from './ingestJob.ts'
import { changedJobBody, createdJobBody, jobInfoBody, listedJobBody } from './ingestJob.ts'
import { readJobRequest } from './jobRequest.ts'
import { readMultipartJob } from './multipartJob.ts'

// 150 MB in base64.
const MAX_UPLOAD_BYTES = (150 * 1024 * 1024 * 3) / 4
const LISTED_AT_ONCE = 1000

function jobInPath(call: Call): IngestJob {
  const job = call.state.ingestJobs.find(call.params['job'] ?? '')
  if (job === undefined) throw notFound()
  return job
}

function invalidState(message: string) {
  return apiError(400, 'INVALIDJOBSTATE', message)
}

/** `POST /jobs/ingest`: an empty job, or in a multipart request a small job with its data. */
export function createJob(call: Call): Answer {
  const contentType = String(call.headers['content-type'] ?? '')
  if (!contentType.startsWith('multipart/form-data')) {
    const request = readJobRequest(call, jsonBody(call.body).value)
    return json(200, createdJobBody(call.state.ingestJobs.create(call, request)))
  }
  const parts = readMultipartJob(contentType, call.body)
  const job = call.state.ingestJobs.create(call, readJobRequest(call, parts.job))
  job.uploads.push(parts.content)
  call.state.ingestJobs.close(job, call.caller)
  return json(200, createdJobBody(job))
}

/** `PUT /jobs/ingest/{id}/batches`. A second upload is accepted; the job is then rejected when it is closed. */
export function uploadData(call: Call): Answer {
  const job = jobInPath(call)
  if (job.state !== 'Open') throw invalidState(`Can't upload data to a job that is in state ${job.state}`)
  if (call.body.bytes > MAX_UPLOAD_BYTES) throw apiError(413, 'CONTENT_TOO_LARGE', 'CONTENT TOO LARGE')
  job.uploads.push(call.body)
  return { status: 201 }
}

function close(call: Call, job: IngestJob): void {
  if (job.state !== 'Open') throw invalidState(`Closing already ${pastTense[job.state]} Job not allowed`)
  if (job.uploads.length > 1) {
    const message =
      `Found multipe contents for job: <${job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job ` +
      "and make sure you only do 'PUT' once on a given Job."
    throw apiError(400, 'BULK_API_ERROR', message)
  }
  call.state.ingestJobs.close(job, call.caller)
}

const pastTense: Readonly<Record<JobState, string>> = {
  Open: 'Open',
  UploadComplete: 'Closed',
  InProgress: 'Closed',
  JobComplete: 'Completed',
  Failed: 'Failed',
  Aborted: 'Aborted',
}

function abort(call: Call, job: IngestJob): void {
  if (job.state === 'JobComplete' || job.state === 'Failed' || job.state === 'Aborted') {
    throw invalidState(`Aborting already ${pastTense[job.state]} Job not allowed`)
  }
  if (job.state === 'Open') job.uploads.length = 0
  job.state = 'Aborted'
  job.modifiedAt = call.state.clock()
}

/** `PATCH /jobs/ingest/{id}` with the state `UploadComplete` or `Aborted`. */
export function changeJob(call: Call): Answer {
  const job = jobInPath(call)
  const { state } = jsonBody(call.body).value
  if (state === 'UploadComplete') close(call, job)
  else if (state === 'Aborted') abort(call, job)
  else throw apiError(400, 'API_ERROR', `Invalid value: '${String(state)}' supplied for property: 'state'`)
  return json(200, changedJobBody(job))
}

/** `GET /jobs/ingest/{id}`. */
export function jobInfo(call: Call): Answer {
  return json(200, jobInfoBody(jobInPath(call)))
}

/** `GET /jobs/ingest`. */
export function listJobs(call: Call): Answer {
  const jobs = call.state.ingestJobs.all()
  const queryLocator = call.query.get('queryLocator') ?? '0'
  if (!/^\d+$/.test(queryLocator)) throw apiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  const from = Number(queryLocator)
  const to = from + LISTED_AT_ONCE
  const done = to >= jobs.length
  return json(200, {
    done,
    records: jobs.slice(from, to).map(listedJobBody),
    nextRecordsUrl: done ? null : `/services/data/v${call.apiVersion}/jobs/ingest?queryLocator=${to}`,
  })
}

/** `DELETE /jobs/ingest/{id}`. */
export function deleteJob(call: Call): Answer {
  const job = jobInPath(call)
  if (job.state === 'Open' || job.state === 'InProgress') {
    throw apiError(400, 'API_ERROR', 'Error encountered when deleting the job because the job is not terminated')
  }
  call.state.ingestJobs.delete(job.id)
  return noContent
}

const RESULT_FILES: ReadonlyMap<string, keyof JobResults> = new Map([
  ['successfulresults', 'successful'],
  ['failedresults', 'failed'],
  ['unprocessedrecords', 'unprocessed'],
])

/** `GET /jobs/ingest/{id}/successfulResults`, `failedResults`, `unprocessedrecords`. A job without results has an empty file. */
export function jobResults(call: Call): Answer {
  const file = RESULT_FILES.get((call.params['file'] ?? '').toLowerCase())
  const job = jobInPath(call)
  if (file === undefined) throw notFound()
  if (job.state !== 'JobComplete' && job.state !== 'Failed' && job.state !== 'Aborted') {
    throw invalidState(`Job is in state ${job.state}: results are available when it has ended`)
  }
  return { status: 200, headers: { 'content-type': 'text/csv' }, body: job.results?.[file] ?? [] }
}
