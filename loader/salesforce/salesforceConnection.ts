import type { Readable } from 'node:stream'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RecordBytes } from '../csv/recordBytes.ts'
import type { ObjectDescribe } from './describe.ts'
import type { KeyField } from './keyForms.ts'

/** The org and user of a login. Never contains the access token. */
export type ConnectionIdentity = {
  readonly instanceUrl: string
  readonly organizationId: string
  readonly userId: string
  /** `'67.0'`, no `v`. */
  readonly apiVersion: string
}

type ApiVersion = { readonly label: string; readonly version: string }

/** The API versions of an org, oldest first, and the one that the connection uses: as configured, or the newest. */
export type OfferedVersions = {
  readonly instanceUrl: string
  readonly versions: readonly ApiVersion[]
  readonly inUse: string
}

/** Calls used and allowed in the rolling 24 hours, as the latest answer stated them (`Sforce-Limit-Info`). */
export type ApiUsage = { readonly used: number; readonly limit: number }

/** What the runs of all workers together may use of an org. */
export type OrgBudget = {
  /** Ingest jobs that Salesforce processes at a time. @default no limit */
  readonly ingestJobs?: number
  /** Requests of sObject Collections that write, at a time: the calls that run triggers. @default no limit */
  readonly requests?: number
  /** Share of the API calls of 24 hours that is left to others, 0 to 1. @default all may be used */
  readonly apiReserve?: number
}

export type ObjectSummary = {
  readonly name: string
  readonly label: string
  readonly createable: boolean
  readonly updateable: boolean
  readonly custom: boolean
}

/** A record as Salesforce sends it in query answers, without `attributes`. */
export type QueriedRecord = Readonly<Record<string, unknown>>

/** A record to write: field to value. A relationship by external ID is a nested object. */
export type WireRecord = Readonly<Record<string, unknown>>

/** Salesforce's answer for one record of a collection request. */
export type SaveResult = {
  readonly id?: string
  readonly success: boolean
  readonly created?: boolean
  readonly errors: readonly {
    readonly statusCode: string
    readonly message: string
    readonly fields?: readonly string[]
  }[]
}

/** Records that the duplicate rules of the org match with a record. */
export type DuplicateCheck = {
  /** Whether the rules let the record be saved in any case. */
  readonly allowSave: boolean
  readonly rules: readonly string[]
  readonly records: readonly { readonly object: string; readonly id: string }[]
}

/** A record with the content of a file. */
export type BlobRecord = {
  readonly fields: WireRecord
  /** The field with the content. */
  readonly field: string
  readonly fileName: string
  readonly bytes: number
  /** Exactly so many bytes, read once, as fast as they are sent. */
  readonly content: () => AsyncIterable<Uint8Array>
}

export const INGEST_JOB_STATES = ['Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted'] as const
export type IngestJobState = (typeof INGEST_JOB_STATES)[number]

export type IngestJob = {
  readonly id: string
  readonly state: IngestJobState
  /** Includes the failed ones. */
  readonly numberRecordsProcessed: number
  readonly numberRecordsFailed: number
  readonly errorMessage?: string
}

export type IngestJobRequest = {
  readonly object: string
  readonly operation: Operation | 'hardDelete'
  readonly externalIdField?: string
  /** Whether the active assignment rule runs, or the Id of the one that does. @default false */
  readonly assignmentRule?: boolean | string
}

export const INGEST_RESULTS = ['successful', 'failed', 'unprocessed'] as const
export type IngestResultsKind = (typeof INGEST_RESULTS)[number]

export const QUERY_JOB_STATES = ['UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted'] as const

/** A query job of Bulk API 2.0. */
export type QueryJob = {
  readonly id: string
  readonly state: (typeof QUERY_JOB_STATES)[number]
  readonly errorMessage: string
}

export type QueryJobPage = {
  /** null for the last page. */
  readonly nextLocator: string | null
  /**
   * The header and the records. Fails with AnswerCutError when the page is cut, or when the org has stated another number of records.
   */
  readonly records: AsyncIterable<RecordBytes>
}

export type KeyQuery = {
  readonly object: string
  /** Any field that can be filtered on. */
  readonly key: KeyField
  /** Paths that are selected: the Id, the key field, and others. */
  readonly fields: readonly string[]
  readonly values: Iterable<string>
  /** Conditions that a record must meet too; those of a WHERE clause that was read whole. */
  readonly where?: string
  readonly signal?: AbortSignal
  /** Receives each record with its selected fields, in no defined order; a record may come twice. */
  readonly take: (record: QueriedRecord) => void | Promise<void>
}

export type CollectionOptions = {
  /** Whether the active assignment rule runs, or the Id of the one that does. @default false */
  readonly assignmentRule?: boolean | string
  /** Whether records are saved that duplicate rules match, where these let them be. @default false */
  readonly savesDuplicates?: boolean
  /** Called immediately before the first byte of each attempt is sent; when it throws, nothing is sent and the call fails with that error. */
  readonly beforeSend?: () => void | Promise<void>
  readonly signal?: AbortSignal
}

/**
 * A named profile that leads to one org. One shared access token per process, renewed once on a 401 and shared by concurrent calls.
 * It has no string form: neither JSON nor inspection shows the credentials.
 * Every method throws one of the classes of errors.ts, or the reason of its signal, if that aborts before the outcome can be unknown.
 */
export type SalesforceConnection = {
  readonly name: string
  /** Milliseconds for one request, if the settings name them. */
  readonly requestTimeout?: number
  /** Logs in when there is no token yet. Throws ApiVersionError when the org does not offer the configured version. */
  identity(signal?: AbortSignal): Promise<ConnectionIdentity>
  /** Logs in only when the settings do not name the org. */
  versions(signal?: AbortSignal): Promise<OfferedVersions>
  readonly budget: OrgBudget
  apiUsage(): ApiUsage | undefined
  /** The usage as an answer of the last minute stated it, else by a call of its own. */
  readApiUsage(signal?: AbortSignal): Promise<ApiUsage>
  /** Objects that the integration user may create or update. */
  objects(signal?: AbortSignal): Promise<readonly ObjectSummary[]>
  /** Throws ObjectNameError for a name that cannot be one. */
  describe(sObjectName: string, signal?: AbortSignal): Promise<ObjectDescribe>
  /** Records of all pages, in the org's order; pages are fetched as they are consumed. */
  query(soql: string, signal?: AbortSignal): AsyncIterable<QueriedRecord>
  /** The same with the records in the recycle bin. */
  queryAll(soql: string, signal?: AbortSignal): AsyncIterable<QueriedRecord>
  /** The number that `SELECT COUNT() …` gives. */
  count(soql: string, signal?: AbortSignal): Promise<number>
  /**
   * The records whose key field has one of the values, by as few queries as possible. Salesforce compares, so a caller compares again by
   * the `canonical` form of the key. A value that no record can have is not searched for.
   */
  queryByKeys(query: KeyQuery): Promise<void>
  openQueryJob(soql: string, signal?: AbortSignal): Promise<QueryJob>
  queryJob(jobId: string, signal?: AbortSignal): Promise<QueryJob>
  /** One page of the results of a job that is complete. @param locator undefined for the first page */
  queryJobPage(jobId: string, locator: string | undefined, signal?: AbortSignal): Promise<QueryJobPage>
  /** Throws RequestRejectedError when the job has ended. */
  abortQueryJob(jobId: string): Promise<void>
  /** Milliseconds that the org's clock is ahead of ours, from the latest answer's `Date` header (whole seconds). */
  clockOffset(): number
  /**
   * Makes clockOffset come from an answer of the last minute, by a call that the org does not count if there was none. Before times that are compared
   * with those of the org.
   */
  readClock(signal?: AbortSignal): Promise<void>

  /** At most 200 records; exactly one result per record, in order. Throws OutcomeUnknownError when the answer was lost. */
  createRecords(
    sObjectName: string,
    records: readonly WireRecord[],
    options?: CollectionOptions,
  ): Promise<readonly SaveResult[]>
  /** Creates one record with a file. Throws as createRecords, and what the content throws: then the org applies nothing. */
  createBlob(sObjectName: string, record: BlobRecord, options?: CollectionOptions): Promise<SaveResult>
  /** As createRecords; every record has an `Id`. */
  updateRecords(
    sObjectName: string,
    records: readonly WireRecord[],
    options?: CollectionOptions,
  ): Promise<readonly SaveResult[]>
  /** As createRecords; every record has the external ID field. */
  upsertRecords(
    sObjectName: string,
    externalIdField: string,
    records: readonly WireRecord[],
    options?: CollectionOptions,
  ): Promise<readonly SaveResult[]>
  /** As createRecords; the Ids of the records. A success has the Id that was sent. */
  deleteRecords(
    sObjectName: string,
    ids: readonly string[],
    options?: CollectionOptions,
  ): Promise<readonly SaveResult[]>

  /** The records that are duplicates of one that is not saved. */
  findDuplicates(sObjectName: string, record: WireRecord, signal?: AbortSignal): Promise<DuplicateCheck>

  openIngestJob(request: IngestJobRequest, signal?: AbortSignal): Promise<IngestJob>
  /** One PUT with a stated Content-Length of `bytes`; never repeated here. */
  uploadIngestData(jobId: string, csv: Readable, bytes: number, signal?: AbortSignal): Promise<void>
  closeIngestJob(jobId: string, signal?: AbortSignal): Promise<IngestJob>
  abortIngestJob(jobId: string, signal?: AbortSignal): Promise<void>
  ingestJob(jobId: string, signal?: AbortSignal): Promise<IngestJob>
  /** The CSV as Salesforce sends it, mostly compressed: for `readIngestResults`. A body cut short makes the stream fail; it never ends early as if complete. */
  ingestResults(jobId: string, kind: IngestResultsKind, signal?: AbortSignal): Promise<Readable>
}
