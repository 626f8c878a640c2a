import { Readable } from 'node:stream'
import Papa from 'papaparse'
import {
  LimitReachedError,
  OutcomeUnknownError,
  RequestRejectedError,
  TemporarilyRejectedError,
  UnreachableError,
} from '../../../loader/salesforce/errors.ts'
import type {
  CollectionOptions,
  DuplicateCheck,
  IngestJob,
  IngestResultsKind,
  QueriedRecord,
  SalesforceConnection,
  SaveResult,
  WireRecord,
} from '../../../loader/salesforce/salesforceConnection.ts'
import { CONTACT } from '../../rig/describes.ts'
import { ScriptedBlobs } from './scriptedBlobs.ts'
import { failed, type OrgJob, type OrgRecord, overLimit, resultsCsv, shown } from './scriptedJob.ts'
import { meets, ScriptedQueries } from './scriptedQueries.ts'
import type { SimulatedWorker } from './simulatedWorker.ts'

/** How the org answers one call. Both `lost` answers throw OutcomeUnknownError; after `lostAfter` the call was applied. */
export const ANSWERS = [
  'succeed',
  'lostBefore',
  'lostAfter',
  'temporarilyRejected',
  'limitReached',
  'unreachable',
] as const
export type Answer = (typeof ANSWERS)[number]

export const WRITES = ['createRecords', 'updateRecords', 'upsertRecords', 'deleteRecords'] as const
export const JOB_CALLS = ['openIngestJob', 'uploadIngestData', 'closeIngestJob', 'ingestJob', 'ingestResults'] as const
export type OrgCall =
  | (typeof WRITES)[number]
  | 'createBlob'
  | (typeof JOB_CALLS)[number]
  | 'abortIngestJob'
  | 'openQueryJob'

export const USER_ID = '005000000000001AAA'

const IDENTITY = {
  instanceUrl: 'https://acme.my.salesforce.com',
  organizationId: '00D000000000001AAA',
  userId: USER_ID,
  apiVersion: '67.0',
}

/**
 * Contacts in memory, and a script of answers. The first letters of a LastName decide how the org treats a record: `Unreadable`
 * fails the whole collection request with status 400, `Invalid` is rejected, `Locked` is rejected as long as `locks` is above 0.
 */
export class ScriptedOrg {
  readonly records: OrgRecord[] = []
  readonly recycleBin: OrgRecord[] = []
  readonly jobs: OrgJob[] = []
  readonly calls: OrgCall[] = []
  /** Answers to the next calls of a kind, in order; a call without one succeeds. */
  readonly script: Partial<Record<OrgCall, Answer[]>> = {}
  /** Records named Locked that are rejected before the lock passes. */
  locks = 0
  /** Records of a request or a job that its triggers can process; with more, all of them exceed the CPU time. */
  triggered = Number.POSITIVE_INFINITY
  /** What the duplicate rules say of each record. */
  duplicates: DuplicateCheck = { allowSave: true, rules: [], records: [] }
  /** Records that the next closed jobs process, in order; a job without a number processes all of its records. */
  readonly processes: number[] = []
  /** Why a job that processes only a part of its records fails. */
  jobError = 'InternalServerError : try again'
  /** Whether closed jobs stay InProgress. */
  holdsJobs = false
  /** How often a closed job is read before it is processed. */
  polls = 0
  /** Milliseconds that the org's clock is ahead of the worker's. */
  ahead = 0
  /** Changes the results of a job on their way. */
  changeResults: (kind: IngestResultsKind, csv: string) => string | Iterable<Buffer> = (_kind, csv) => csv
  /** Runs before the data of a job is taken. */
  onUpload: (job: OrgJob) => void = () => undefined
  readonly queries = new ScriptedQueries()
  readonly blobs = new ScriptedBlobs()
  /** Searches by lists so far. */
  keyQueries = 0
  /** Runs before a search by lists is answered. */
  onKeyQuery: () => Promise<void> = async () => undefined
  /** Runs before a write is applied. */
  onWrite: () => Promise<void> = async () => undefined
  #lastId = 0

  /** A record that someone else created an hour ago, or just now. */
  add(record: OrgRecord, createdBy = USER_ID, age = 0): string {
    const id = this.#id('003')
    const createdAt = this.#time(age)
    // A user who may set audit fields gives them in the record.
    this.records.push({ CreatedById: createdBy, CreatedDate: createdAt, ...record, Id: id, SystemModstamp: createdAt })
    return id
  }

  count(call: OrgCall): number {
    return this.calls.filter(made => made === call).length
  }

  /** The org as one worker sees it. Each call is one effect of the worker. */
  connection(worker: SimulatedWorker): SalesforceConnection {
    const call = <T>(name: OrgCall, apply: () => T | Promise<T>) => worker.effect(() => this.#answer(name, apply))
    const write = async (
      name: (typeof WRITES)[number],
      records: readonly WireRecord[],
      { beforeSend }: CollectionOptions = {},
      save: (record: OrgRecord) => SaveResult,
    ) => {
      // Without a connection nothing is about to leave.
      if (this.script[name]?.[0] !== 'unreachable') await beforeSend?.()
      return call(name, () => this.#write(records, save))
    }
    const rejects = () => {
      throw new Error('not scripted')
    }
    return {
      name: 'test',
      identity: async () => IDENTITY,
      versions: async () => ({ instanceUrl: IDENTITY.instanceUrl, versions: [], inUse: '67.0' }),
      budget: {},
      apiUsage: () => undefined,
      readApiUsage: rejects,
      objects: rejects,
      describe: async () => CONTACT,
      query: soql => this.#query(soql, worker),
      queryAll: soql => this.#queryBin(soql, worker),
      count: async () => {
        worker.throwIfKilled()
        return this.records.length
      },
      queryByKeys: async ({ key, fields, values, where, take }) => {
        worker.throwIfKilled()
        this.keyQueries += 1
        await this.onKeyQuery()
        const wanted = new Set([...values].map(folded))
        for (const record of this.records.filter(one => wanted.has(folded(one[key.name])) && meets(one, where))) {
          await take(Object.fromEntries(fields.map(name => [name, record[name]])))
        }
      },
      openQueryJob: soql => call('openQueryJob', () => this.queries.open(soql, this.records)),
      queryJob: async id => this.queries.read(id, worker),
      queryJobPage: async (id, locator) => this.queries.page(id, locator, worker),
      abortQueryJob: async id => this.queries.abort(id),
      clockOffset: () => this.ahead,
      readClock: async () => undefined,
      createRecords: (_, records, options) => write('createRecords', records, options, record => this.#create(record)),
      createBlob: async (_, blob, options) => {
        if (this.script.createBlob?.[0] === 'unreachable') return call('createBlob', rejects)
        await options?.beforeSend?.()
        const shown = await this.blobs.read(blob)
        return call('createBlob', async () => {
          const [result] = await this.#write([{ ...blob.fields, ...shown }], record => this.#create(record))
          return result as SaveResult
        })
      },
      updateRecords: (_, records, options) => write('updateRecords', records, options, record => this.#update(record)),
      upsertRecords: (_, key, records, options) =>
        write('upsertRecords', records, options, record => this.#upsert(record, key)),
      deleteRecords: (_, ids, options) => {
        const records = ids.map(Id => ({ Id }))
        return write('deleteRecords', records, options, record => this.#delete(record))
      },
      findDuplicates: async () => this.duplicates,
      openIngestJob: request => call('openIngestJob', () => this.#openJob(request.operation, request.externalIdField)),
      uploadIngestData: (id, csv) =>
        call('uploadIngestData', async () => {
          const text = (await csv.toArray()).map(String).join('')
          this.onUpload(this.#job(id))
          if (this.#job(id).state !== 'Open') throw rejected('INVALIDJOBSTATE')
          this.#job(id).rows = Papa.parse<OrgRecord>(text, { header: true, skipEmptyLines: true }).data
        }),
      closeIngestJob: id => call('closeIngestJob', () => this.#closeJob(this.#job(id))),
      abortIngestJob: id => call('abortIngestJob', () => this.#abortJob(this.#job(id))),
      ingestJob: id => call('ingestJob', () => shown(this.#poll(this.#job(id)))),
      ingestResults: (id, kind) =>
        call('ingestResults', () => {
          const body = this.changeResults(kind, resultsCsv(this.#job(id), kind))
          return Readable.from(typeof body === 'string' ? [Buffer.from(body)] : body)
        }),
    }
  }

  async #answer<T>(name: OrgCall, apply: () => T | Promise<T>): Promise<T> {
    this.calls.push(name)
    const answer = this.script[name]?.shift() ?? 'succeed'
    const facts = { action: name, method: 'POST', path: `/${name}` }
    const rejection = { ...facts, statusCode: 503, errorCode: 'SERVER_UNAVAILABLE', detail: 'busy', fields: [] }
    switch (answer) {
      case 'succeed':
        return apply()
      case 'lostAfter':
        await apply()
        throw new OutcomeUnknownError({ ...facts, reason: 'the answer was cut' })
      case 'lostBefore':
        throw new OutcomeUnknownError({ ...facts, reason: 'the connection was cut' })
      case 'temporarilyRejected':
        throw new TemporarilyRejectedError(rejection)
      case 'limitReached':
        throw new LimitReachedError({ ...rejection, statusCode: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED' })
      case 'unreachable':
        throw new UnreachableError({ ...facts, host: 'org.test', reason: 'rejected', code: 'ECONNREFUSED', advice: '' })
    }
  }

  async #write(
    records: readonly WireRecord[],
    save: (record: OrgRecord) => SaveResult,
  ): Promise<readonly SaveResult[]> {
    await this.onWrite()
    const texts = records.map(record =>
      Object.fromEntries(Object.entries(record).map(([field, value]) => [field, String(value)])),
    )
    if (texts.some(one => one['LastName']?.startsWith('Unreadable'))) throw rejected('JSON_PARSER_ERROR')
    return texts.length > this.triggered ? texts.map(() => overLimit) : texts.map(save)
  }

  #create(record: OrgRecord): SaveResult {
    const problem = this.#problemOf(record)
    if (problem !== undefined) return problem
    return { id: this.add(record), success: true, created: true, errors: [] }
  }

  #update({ Id: id = '', ...values }: OrgRecord): SaveResult {
    const problem = this.#problemOf(values)
    if (problem !== undefined) return problem
    const existing = this.records.find(one => one['Id'] === id)
    if (existing === undefined) return failed('ENTITY_IS_DELETED')
    Object.assign(existing, values, { SystemModstamp: this.#time() })
    return { id, success: true, errors: [] }
  }

  /** Moves the record into the recycle bin, unless it is a hard delete. */
  #delete({ Id: id = '' }: OrgRecord, isHard = false): SaveResult {
    const existing = this.records.find(one => one['Id'] === id)
    if (existing === undefined) return failed('ENTITY_IS_DELETED')
    const problem = this.#problemOf(existing)
    if (problem !== undefined) return problem
    this.records.splice(this.records.indexOf(existing), 1)
    if (!isHard) this.recycleBin.push({ ...existing, SystemModstamp: this.#time() })
    return { id, success: true, errors: [] }
  }

  #time(age = 0): string {
    return new Date(Date.now() + this.ahead - age).toISOString()
  }

  #upsert(record: OrgRecord, key: string): SaveResult {
    const existing = this.records.find(one => one[key] === record[key])
    if (existing === undefined) return this.#create(record)
    return { ...this.#update({ ...record, Id: String(existing['Id']) }), created: false }
  }

  #problemOf({ LastName: name = '', Ext_Id__c: key }: OrgRecord): SaveResult | undefined {
    if (name.startsWith('Invalid')) return failed('REQUIRED_FIELD_MISSING')
    if (name.startsWith('Locked') && this.locks > 0) {
      this.locks -= 1
      return failed('UNABLE_TO_LOCK_ROW')
    }
    const isTaken =
      key !== undefined && key !== '' && this.records.some(one => one['Ext_Id__c'] === key && one['LastName'] !== name)
    return isTaken ? failed('DUPLICATE_VALUE') : undefined
  }

  async *#query(soql: string, worker: SimulatedWorker): AsyncGenerator<QueriedRecord> {
    worker.throwIfKilled()
    if (soql === 'SELECT Id FROM Organization') {
      yield { Id: IDENTITY.organizationId }
      return
    }
    const scoped = /^SELECT (.+) FROM Contact WHERE \((\w+) = '(\w+)'\)$/.exec(soql)
    if (scoped !== null) {
      const [, selected = '', field = '', value] = scoped
      for (const record of this.records.filter(one => one[field] === value)) {
        yield Object.fromEntries(selected.split(', ').map(name => [name, record[name] ?? null]))
      }
      return
    }
    const match =
      /^SELECT (.+) FROM (?:Contact|ContentVersion|Attachment) WHERE (?:CreatedById = '(\w+)' AND )?(?:(CreatedDate|SystemModstamp) (>=|<) (\S+))?(?: AND Checksum = '(\w+)')?(?: AND )?(?:Id IN \((.+)\))?$/.exec(
        soql,
      )
    if (match === null) throw new Error(`not scripted: ${soql}`)
    const [, fields = '', createdBy, time = 'CreatedDate', comparison = '>=', since = '', checksum, ids] = match
    for (const record of this.records.slice()) {
      if (createdBy !== undefined && record['CreatedById'] !== createdBy) continue
      if (String(record[time]) < since !== (comparison === '<')) continue
      if (checksum !== undefined && record['Checksum'] !== checksum) continue
      if (ids !== undefined && !ids.includes(`'${record['Id']}'`)) continue
      yield Object.fromEntries(fields.split(', ').map(field => [field, record[field] ?? null]))
    }
  }

  async *#queryBin(soql: string, worker: SimulatedWorker): AsyncGenerator<QueriedRecord> {
    worker.throwIfKilled()
    const match = /^SELECT Id FROM Contact WHERE IsDeleted = true AND SystemModstamp >= (\S+) AND Id IN \((.+)\)$/.exec(
      soql,
    )
    if (match === null) throw new Error(`not scripted: ${soql}`)
    const [, since = '', ids = ''] = match
    for (const { Id = '', SystemModstamp: time = '' } of this.recycleBin) {
      if (time >= since && ids.includes(`'${Id}'`)) yield { Id }
    }
  }

  #openJob(operation: string, externalIdField = ''): IngestJob {
    const job: OrgJob = {
      id: this.#id('750'),
      operation,
      externalIdField,
      state: 'Open',
      rows: [],
      results: [],
      processed: 0,
      polls: 0,
    }
    this.jobs.push(job)
    return shown(job)
  }

  #closeJob(job: OrgJob): IngestJob {
    if (job.state !== 'Open') throw rejected('INVALIDJOBSTATE')
    job.state = 'InProgress'
    if (!this.holdsJobs && this.polls === 0) this.process(job)
    return shown(job)
  }

  #poll(job: OrgJob): OrgJob {
    if (job.state !== 'InProgress' || this.holdsJobs) return job
    if (job.polls >= this.polls) this.process(job)
    job.polls += 1
    return job
  }

  /** Processes a job that was held. A job that processes only a part of its records fails. */
  process(job: OrgJob): void {
    const { rows, operation, externalIdField } = job
    const done = rows.slice(0, this.processes.shift() ?? rows.length)
    const save = (cells: OrgRecord): SaveResult => {
      // A blank cell leaves its field as it is.
      const row =
        operation === 'create' ? cells : Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''))
      if (operation === 'update') return this.#update(row)
      if (operation === 'delete' || operation === 'hardDelete') return this.#delete(row, operation === 'hardDelete')
      return operation === 'upsert' ? this.#upsert(row, externalIdField) : this.#create(row)
    }
    job.results = done.map(row => ({ row, result: done.length > this.triggered ? overLimit : save(row) }))
    job.processed = done.length
    job.state = done.length < rows.length ? 'Failed' : 'JobComplete'
    if (job.state === 'Failed') job.errorMessage = this.jobError
  }

  #abortJob(job: OrgJob): void {
    if (job.state === 'JobComplete' || job.state === 'Failed') throw rejected('INVALIDJOBSTATE')
    job.state = 'Aborted'
  }

  #job(id: string): OrgJob {
    const job = this.jobs.find(one => one.id === id)
    if (job === undefined) throw rejected('NOT_FOUND', 404)
    return job
  }

  #id(prefix: string): string {
    this.#lastId += 1
    return `${prefix}${String(this.#lastId).padStart(12, '0')}AAA`
  }
}

const folded = (value = ''): string => value.trim().toLowerCase()

const rejected = (errorCode: string, statusCode = 400): RequestRejectedError =>
  new RequestRejectedError({
    action: 'Write Contact',
    method: 'POST',
    path: '/composite/sobjects',
    statusCode,
    errorCode,
    detail: errorCode,
    fields: [],
  })
