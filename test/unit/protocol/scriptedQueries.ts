import Papa from 'papaparse'
import { csvRecordBytes } from '../../../loader/csv/recordBytes.ts'
import { RequestRejectedError } from '../../../loader/salesforce/errors.ts'
import type { QueryJob, QueryJobPage } from '../../../loader/salesforce/salesforceConnection.ts'
import type { SimulatedWorker } from './simulatedWorker.ts'

type OrgRecord = Readonly<Record<string, string>>

type Query = {
  readonly id: string
  state: QueryJob['state']
  readonly fields: readonly string[]
  readonly rows: readonly OrgRecord[]
}

/** @param where one condition, such as `Title = 'x'` or `Email != null`, in parentheses or not */
export function meets(record: OrgRecord, where: string | undefined): boolean {
  if (where === undefined) return true
  const [, field = '', operator, value] = /^\(?(\w+) (= '|!= null)(?:(\w*)')?\)?$/.exec(where) ?? []
  if (operator === undefined) throw new Error(`not scripted: ${where}`)
  return operator === '!= null' ? record[field] !== undefined : record[field] === value
}

/** The query jobs of a scripted org. A job has the records that the org had when it was opened. */
export class ScriptedQueries {
  readonly jobs: Query[] = []
  #opened = 0
  /** Polls that find each job in progress. */
  polls = 0
  /** States in which the next jobs end, in order; a job without one completes. */
  readonly ends: QueryJob['state'][] = []
  pageRows = 2
  /** Pages that were sent. */
  pages = 0
  /** Runs when a job is polled. */
  onRead: (id: string) => void = () => undefined
  /** Runs when a page is asked for. */
  onPage: () => Promise<void> = async () => undefined
  /** Changes the records of a page on their way. */
  changePage: (csv: string) => string = csv => csv

  open(soql: string, records: readonly OrgRecord[]): QueryJob {
    const match = /^SELECT (Id(?:, \w+)*) FROM Contact WHERE (.+)$/.exec(soql)
    if (match === null) throw new Error(`not scripted: ${soql}`)
    const [, selected = '', conditions = ''] = match
    const fields = selected.split(', ')
    const isFound = (record: OrgRecord) => conditions.split(' AND ').every(condition => meets(record, condition))
    const rows = records.filter(isFound).map(record => ({ ...record }))
    this.#opened += 1
    const job: Query = { id: `750Q${this.#opened}`, state: 'InProgress', fields, rows }
    this.jobs.push(job)
    return { id: job.id, state: 'UploadComplete', errorMessage: '' }
  }

  read(id: string, worker: SimulatedWorker): QueryJob {
    worker.throwIfKilled()
    this.onRead(id)
    const job = this.#job(id)
    if (job.state === 'InProgress') {
      if (this.polls === 0) job.state = this.ends.shift() ?? 'JobComplete'
      else this.polls -= 1
    }
    return { id, state: job.state, errorMessage: 'InternalServerError' }
  }

  async page(id: string, locator: string | undefined, worker: SimulatedWorker): Promise<QueryJobPage> {
    worker.throwIfKilled()
    await this.onPage()
    const { rows, fields, state } = this.#job(id)
    if (state !== 'JobComplete') throw new Error(`the job is ${state}`)
    const from = Number(locator ?? 0)
    const to = from + this.pageRows
    this.pages += 1
    const data = rows.slice(from, to).map(row => fields.map(field => row[field] ?? ''))
    const csv = Papa.unparse({ fields: [...fields], data }, { newline: '\n', quotes: true })
    const bytes = async function* (text: string) {
      yield Buffer.from(text)
    }
    const records = csvRecordBytes(bytes(this.changePage(`${csv}\n`)), 'page')
    return { nextLocator: to < rows.length ? String(to) : null, records }
  }

  abort(id: string): void {
    this.#job(id).state = 'Aborted'
  }

  /** Someone deletes the job. */
  delete(id: string): void {
    this.jobs.splice(this.jobs.indexOf(this.#job(id)), 1)
  }

  #job(id: string): Query {
    const job = this.jobs.find(one => one.id === id)
    if (job !== undefined) return job
    throw new RequestRejectedError({
      action: `Read query job ${id}`,
      method: 'GET',
      path: `/jobs/query/${id}`,
      statusCode: 404,
      errorCode: 'NOT_FOUND',
      detail: 'The requested resource does not exist',
      fields: [],
    })
  }
}
