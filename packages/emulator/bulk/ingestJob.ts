import type { RequestBody } from '../http/requestBody.ts'
import { salesforceDatetime } from '../records/recordView.ts'
import { javaNumber } from '../values/javaNumber.ts'
import type { ColumnDelimiter, LineEnding } from './csvText.ts'

export const INGEST_OPERATIONS = ['insert', 'update', 'upsert', 'delete', 'hardDelete'] as const
export type IngestOperation = (typeof INGEST_OPERATIONS)[number]

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted'

/** The three result files of a job, in pieces to send. */
export type JobResults = {
  readonly successful: readonly Buffer[]
  readonly failed: readonly Buffer[]
  readonly unprocessed: readonly Buffer[]
}

/** The settings of a new job. */
export type IngestJobRequest = {
  readonly object: string
  readonly operation: IngestOperation
  readonly externalIdFieldName: string | undefined
  readonly assignmentRuleId: string | undefined
  readonly lineEnding: LineEnding
  readonly columnDelimiter: ColumnDelimiter
}

/** A Bulk API 2.0 ingest job; it changes with its state. */
export type IngestJob = {
  readonly id: string
  /** Counts the jobs of the org from 0. */
  readonly number: number
  readonly request: IngestJobRequest
  readonly apiVersion: number
  readonly createdById: string
  readonly createdAt: number
  modifiedAt: number
  state: JobState
  /** One per PUT: a second one is accepted, and the job is rejected when it is closed. */
  readonly uploads: RequestBody[]
  processed: number
  failed: number
  errorMessage: string | undefined
  processingMs: number
  results: JobResults | undefined
}

function identity(job: IngestJob) {
  return {
    id: job.id,
    operation: job.request.operation,
    object: job.request.object,
    createdById: job.createdById,
    createdDate: salesforceDatetime(job.createdAt),
    systemModstamp: salesforceDatetime(job.modifiedAt),
    state: job.state,
    ...(job.request.externalIdFieldName !== undefined && { externalIdFieldName: job.request.externalIdFieldName }),
    ...(job.request.assignmentRuleId !== undefined && { assignmentRuleId: job.request.assignmentRuleId }),
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: javaNumber(job.apiVersion),
  }
}

function format({ request }: IngestJob) {
  return {
    lineEnding: request.lineEnding,
    columnDelimiter: request.columnDelimiter,
  }
}

/** The answer to the creation of a job. */
export function createdJobBody(job: IngestJob) {
  return {
    ...identity(job),
    contentUrl: `services/data/v${job.apiVersion.toFixed(1)}/jobs/ingest/${job.id}/batches`,
    ...format(job),
  }
}

/** The answer to a change of a job's state. */
export function changedJobBody(job: IngestJob) {
  return identity(job)
}

/** A job in a list of jobs. */
export function listedJobBody(job: IngestJob) {
  return { ...identity(job), jobType: 'V2Ingest', ...format(job) }
}

/** The answer to a request for a job. */
export function jobInfoBody(job: IngestJob) {
  return {
    ...listedJobBody(job),
    numberRecordsProcessed: job.processed,
    numberRecordsFailed: job.failed,
    retries: 0,
    totalProcessingTime: job.processingMs,
    apiActiveProcessingTime: job.processingMs,
    apexProcessingTime: 0,
    ...(job.errorMessage !== undefined && { errorMessage: job.errorMessage }),
  }
}
