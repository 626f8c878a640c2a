import { setTimeout } from 'node:timers/promises'
import { ApiError } from '../apiError.ts'
import type { Caller } from '../callers.ts'
import type { Org } from '../records/org.ts'
import { recordId, toId18 } from '../records/recordId.ts'
import { salesforceDatetime } from '../records/recordView.ts'
import { runQuery } from '../soql/runQuery.ts'
import type { QueryRows } from '../soql/types.ts'
import { javaNumber } from '../values/javaNumber.ts'
import type { ColumnDelimiter, LineEnding } from './csvText.ts'

type QueryJobState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted'

/** A Bulk API 2.0 query job; it changes with its state. */
export type QueryJob = {
  readonly id: string
  readonly operation: 'query' | 'queryAll'
  readonly soql: string
  readonly columnDelimiter: ColumnDelimiter
  readonly lineEnding: LineEnding
  readonly apiVersion: string
  readonly createdById: string
  readonly createdAt: number
  readonly object: string
  state: QueryJobState
  answer: QueryRows | undefined
  errorMessage: string | undefined
}

/** The parts of the org that query jobs use. */
type QueryJobContext = { readonly org: Org; readonly clock: () => number; readonly processingDelayMs: number }

/** The query jobs of an org. */
export class QueryJobs {
  readonly #jobs = new Map<string, QueryJob>()
  #created = 0

  add(job: Omit<QueryJob, 'id'>): QueryJob {
    // A separate range of Ids: ingest jobs have the same prefix.
    const created = { ...job, id: recordId('750', 5_000_000 + this.#created) }
    this.#created += 1
    this.#jobs.set(created.id, created)
    return created
  }

  find(id: string): QueryJob | undefined {
    return this.#jobs.get(toId18(id) ?? '')
  }

  delete(id: string): void {
    this.#jobs.delete(id)
  }

  /** Stops the running jobs. */
  abortAll(): void {
    for (const job of this.#jobs.values()) job.state = 'Aborted'
  }
}

function isAborted(job: QueryJob) {
  return job.state === 'Aborted'
}

/** Runs the query of a job; the job always ends. */
export async function runQueryJob(
  { org, clock, processingDelayMs }: QueryJobContext,
  caller: Caller,
  job: QueryJob,
): Promise<void> {
  await setTimeout(processingDelayMs / 2)
  if (isAborted(job)) return
  job.state = 'InProgress'
  await setTimeout(processingDelayMs / 2)
  if (isAborted(job)) return
  try {
    const reader = org.reader({ userPlace: caller.place, deleted: job.operation === 'queryAll' })
    job.answer = runQuery(job.soql, reader, caller.access, { apiVersion: job.apiVersion, now: clock() })
    job.state = 'JobComplete'
  } catch (cause) {
    job.state = 'Failed'
    job.errorMessage = cause instanceof ApiError ? cause.message : 'Unknown'
  }
}

/** The answer to the creation of a job. */
export function createdQueryJobBody(job: QueryJob) {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: salesforceDatetime(job.createdAt),
    systemModstamp: salesforceDatetime(job.createdAt),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: javaNumber(Number(job.apiVersion)),
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
  }
}
