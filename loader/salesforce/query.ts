import { isObject } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { Org } from './org.ts'
import { LARGE_ANSWER } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { QueriedRecord } from './salesforceConnection.ts'
import { encodeSoql } from './soql.ts'

type QueryPage = {
  readonly totalSize: number
  readonly records: readonly QueriedRecord[]
  readonly nextRecordsUrl: string | undefined
}

/** Removes `attributes`, in parents and child records too. */
function withoutAttributes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAttributes)
  if (!isObject(value)) return value
  const fields = Object.entries(value).filter(([name]) => name !== 'attributes')
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutAttributes(field)]))
}

/** Characters of the location of a page; Salesforce's have less than 100. */
const MAX_LOCATION = 500

/** Pages of a query: Salesforce gives at most 50 million records, mostly 2,000 in a page. */
const MAX_PAGES = 100_000

const isLocation = (next: unknown): boolean =>
  typeof next === 'string' && next.startsWith('/services/data/') && next.length <= MAX_LOCATION

/**
 * A page that announces more records without their location would end the query early, and an empty page that is not the last may never end it: neither
 * is a valid page.
 */
function readPage(body: unknown): QueryPage | undefined {
  if (!isObject(body) || !Array.isArray(body['records']) || !body['records'].every(isObject)) return undefined
  const { totalSize, done, nextRecordsUrl: next } = body
  if (typeof totalSize !== 'number' || typeof done !== 'boolean') return undefined
  if (!done && (!isLocation(next) || body['records'].length === 0)) return undefined
  const records = body['records'].map(record => withoutAttributes(record) as QueriedRecord)
  return { totalSize, records, nextRecordsUrl: done ? undefined : String(next) }
}

/** For a query that would never end. */
const endless = ({ action = 'Query' }: QueryOptions, reason: string): Error =>
  answerLost({ action, method: 'GET', path: '/query' }, { reason })

export type QueryOptions = {
  readonly action?: string
  readonly signal?: AbortSignal
  /** Whether the records in the recycle bin are found too. @default false */
  readonly withDeleted?: boolean
}

const optionsOf = ({ action = 'Query', signal }: QueryOptions) => ({
  action,
  maxBytes: LARGE_ANSWER,
  ...present({ signal }),
})

/** Records of all pages, each fetched when the one before is consumed. */
export async function* queryRecords(org: Org, soql: string, options: QueryOptions = {}): AsyncGenerator<QueriedRecord> {
  const seen = new Set<string>()
  let path: string | undefined = `/${options.withDeleted ? 'queryAll' : 'query'}?q=${encodeSoql(soql)}`
  while (path !== undefined) {
    seen.add(path)
    const page: QueryPage = await org.json({ ...optionsOf(options), path }, readPage)
    yield* page.records
    path = page.nextRecordsUrl
    if (path !== undefined && seen.has(path)) throw endless(options, 'a page leads back to an earlier page')
    if (seen.size > MAX_PAGES) throw endless(options, `the org answers with more than ${MAX_PAGES} pages`)
  }
}

/** The number that `SELECT COUNT() …` gives. */
export async function queryCount(org: Org, soql: string, options: QueryOptions = {}): Promise<number> {
  const page = await org.json({ ...optionsOf(options), path: `/query?q=${encodeSoql(soql)}` }, readPage)
  return page.totalSize
}
