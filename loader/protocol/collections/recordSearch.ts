// The search in the org for records whose answer was lost, or whose job no longer exists.
import {
  type Candidate,
  compileMatches,
  type LostContext,
  type LostRow,
  type SentKeys,
} from '../../matching/lostAnswer.ts'
import { type WireColumn, wireColumns } from '../../plan/syncPlan.ts'
import { AnswerCutError } from '../../salesforce/errors.ts'
import type { KeyField } from '../../salesforce/keyForms.ts'
import type { QueriedRecord, SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import { apiName, soqlString } from '../../salesforce/soql.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { OperationAttempt } from '../settleAttempt.ts'
import { type OpenRow, visitClaims, visitOtherRuns } from './otherClaims.ts'
import { type SearchedColumn, searchedColumns } from './searchedColumns.ts'

/** The chunk whose records are searched for. */
export type SearchedChunk = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly runStores: RunStores
  readonly place: OperationAttempt
  readonly run: PlannedRun
  /** Cells of the chunk's records, as staged. */
  readonly records: readonly (readonly string[])[]
  /** Of the step: it ends the search, and a request that waits to be sent. */
  readonly signal: AbortSignal
}

/** Milliseconds by which the org's clock, known to the second, may be behind the time that we assume. */
const CLOCK_MARGIN = 5_000

/** The same for what is only reported: `CreatedDate` and `Date` are cut to the second. */
const REPORT_MARGIN = 2_000

/** Ids in one query, which is a part of the address. */
const QUERY_IDS = 200

/** The org's clock, after an answer of the org. */
export const orgTimeOf = ({ salesforce }: Pick<SearchedChunk, 'salesforce'>): number =>
  Date.now() + salesforce.clockOffset()

/** Characters of the values of all candidates, which are compared in memory. */
const MAX_COMPARED = 200_000_000

export type Search = {
  readonly sent: SearchedChunk
  /** Epoch milliseconds by the org's clock before which no record was written. */
  readonly since: number
  /** Of the file of the only record. */
  readonly checksum: string | undefined
  readonly columns: readonly SearchedColumn[]
  readonly rows: readonly LostRow[]
  readonly context: Pick<LostContext, 'all' | 'uniqueColumn'>
  /** Values of the column that is unique in the org, when every row has one. */
  readonly keys: readonly string[] | undefined
}

/** @param indexes places of the records in the chunk, counted from 0 @param checksum of the file of the only record */
export function openSearch(sent: SearchedChunk, indexes: readonly number[], since: number, checksum?: string): Search {
  const columns = searchedColumns(sent.run.plan, sent.place.operation)
  const all = sent.records.map((cells, place) =>
    keysOf(columns, ({ index }) => (index < 0 && indexes[0] === place ? checksum : cells[index])),
  )
  const uniqueColumn = columns.findIndex(column => isUnique(column, sent))
  const values = indexes.map(index => sent.records[index]?.[columns[uniqueColumn]?.index ?? -1] ?? '')
  const rows = indexes.map(index => ({ index, keys: all[index] ?? [] }))
  const keys = values.includes('') ? undefined : values
  return { sent, since, checksum, columns, rows, context: { all, uniqueColumn }, keys }
}

/** The org has no second record with the same value, so no other record can be the row's. */
function isUnique({ field, valueField, name }: WireColumn, { run, place }: SearchedChunk): boolean {
  switch (place.operation) {
    case 'update':
    case 'delete':
      return name === 'Id'
    case 'upsert':
      return name === run.plan.externalIdField
    case 'create':
      return field?.relationship === undefined && valueField.externalId && valueField.unique
  }
}

const keysOf = (columns: readonly SearchedColumn[], cellOf: (column: SearchedColumn) => string | undefined): SentKeys =>
  columns.map(column => {
    const cell = cellOf(column)
    return cell ? column.keyOf(cell) : undefined
  })

/** Records that may be those of the chunk. Those of a create were created by the integration user since it was sent. */
export async function candidatesOf(search: Search): Promise<readonly Candidate[]> {
  const { sent, columns } = search
  const { salesforce, run, place, signal } = sent
  const names = columns.map(({ path }) => path)
  const fields = [...new Set(['Id', ...names])].map(apiName).join(', ')
  const condition = place.operation === 'create' ? [ours(sent, search.since, CLOCK_MARGIN), ...ofContent(search)] : []
  const candidates: Candidate[] = []
  let compared = 0
  for (const conditions of await idConditions(search)) {
    const where = [...condition, ...conditions].join(' AND ')
    const soql = `SELECT ${fields} FROM ${apiName(run.plan.object)} WHERE ${where}`
    for await (const record of salesforce.query(soql, signal)) {
      const values = names.map((name, at) => columns[at]?.keyOf(queriedText(record, name)) ?? '')
      candidates.push({ id: String(record['Id']), keys: values })
      compared += values.reduce((sum, value) => sum + value.length, 0)
      if (compared > MAX_COMPARED) throw tooManyCandidates(run.plan.object)
    }
  }
  return candidates
}

/** No program changes the content of a version, so a record with another one is none of the candidates. */
function ofContent({ columns, checksum }: Search): readonly string[] {
  if (checksum === undefined) return []
  return columns.flatMap(({ index, path }) => (index < 0 ? [`${apiName(path)} = ${soqlString(checksum)}`] : []))
}

const tooManyCandidates = (object: string): AnswerCutError =>
  new AnswerCutError({
    action: `Search ${object} for records whose answer was lost`,
    method: 'GET',
    path: '/query',
    reason: `the org has more than ${MAX_COMPARED} characters of records that may be those`,
  })

/** The conditions of the queries that find the records by their unique values; one query without such a condition where rows have none. */
async function idConditions({ sent, columns, keys, context }: Search): Promise<readonly (readonly string[])[]> {
  const { place } = sent
  const key = columns[context.uniqueColumn]?.valueField
  if (keys === undefined || key === undefined) return place.operation === 'create' ? [[]] : []
  const isById = place.operation === 'update' || place.operation === 'delete'
  const ids = isById ? keys : await idsByKey(sent, key, keys)
  return inParts(ids).map(part => [`Id IN (${part.map(soqlString).join(',')})`])
}

async function idsByKey(
  { salesforce, run, signal }: SearchedChunk,
  key: KeyField,
  values: readonly string[],
): Promise<readonly string[]> {
  const ids = new Set<string>()
  const take = ({ Id }: QueriedRecord) => void ids.add(String(Id))
  await salesforce.queryByKeys({ object: run.plan.object, key, fields: ['Id', key.name], values, signal, take })
  return [...ids]
}

const inParts = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / QUERY_IDS) }, (_, part) =>
    ids.slice(part * QUERY_IDS, (part + 1) * QUERY_IDS),
  )

/** Returns those of the records that the integration user has created since a time by the org's clock. */
export const createdSince = (sent: SearchedChunk, since: number, ids: readonly string[]) =>
  idsWhere(sent, ours(sent, since, REPORT_MARGIN), ids)

/** Returns those of the records that nothing has changed since a time by the org's clock. */
export const untouchedSince = (sent: SearchedChunk, since: number, ids: readonly string[]) =>
  idsWhere(sent, `SystemModstamp < ${new Date(since - CLOCK_MARGIN).toISOString()}`, ids)

/** Returns those of the records that are in the recycle bin since a time by the org's clock. */
export const deletedSince = (sent: SearchedChunk, since: number, ids: readonly string[]) =>
  idsWhere(
    sent,
    `IsDeleted = true AND SystemModstamp >= ${new Date(since - REPORT_MARGIN).toISOString()}`,
    ids,
    'queryAll',
  )

async function idsWhere(
  { salesforce, run, signal }: SearchedChunk,
  condition: string,
  ids: readonly string[],
  query: 'query' | 'queryAll' = 'query',
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const part of inParts(ids)) {
    const where = `${condition} AND Id IN (${part.map(soqlString).join(',')})`
    const soql = `SELECT Id FROM ${apiName(run.plan.object)} WHERE ${where}`
    for await (const record of salesforce[query](soql, signal)) found.add(String(record['Id']))
  }
  return found
}

/**
 * Created by the integration user since a time by the org's clock. A user who may set audit fields gives records another creator and
 * time; `SystemModstamp` is always the org's.
 */
function ours({ run, place }: SearchedChunk, since: number, margin: number): string {
  const given = new Set(wireColumns(run.plan, place.operation).map(({ name }) => name.toLowerCase()))
  const time = given.has('createddate') ? 'SystemModstamp' : 'CreatedDate'
  const creator = given.has('createdbyid') ? [] : [`CreatedById = ${soqlString(run.userId)}`]
  return [...creator, `${time} >= ${new Date(since - margin).toISOString()}`].join(' AND ')
}

type Claims = Pick<LostContext, 'rivals' | 'earlier' | 'later'> & {
  /** Ids of records that other requests have written. */
  readonly accounted: ReadonlySet<string>
  /** Whether a request that may own one of the candidates can still be answered, or be decided first. */
  readonly pending: boolean
}

export const NO_CLAIMS: Claims = { accounted: new Set(), rivals: [], earlier: [], later: [], pending: false }

/**
 * What the other requests of the run store claim of the candidates.
 * @param isLost whether a request that has no outcome can no longer be answered
 */
export async function claimsOn(
  search: Search,
  candidates: readonly Candidate[],
  isLost: (row: OpenRow) => boolean,
): Promise<Claims> {
  const { sent, since, columns, rows } = search
  const { place, run, store, runStores } = sent
  const known = new Set(candidates.map(({ id }) => id))
  const accounted = new Set<string>()
  const id = (one: string) => void (known.has(one) && accounted.add(one))
  // Only a candidate that a row of this request may have is contested.
  const matchesOf = compileMatches(candidates)
  const wanted = compileMatches([...new Set(rows.flatMap(({ keys }) => matchesOf(keys)))])
  const keysIn = ({ cells, columns: names, intent }: OpenRow) =>
    keysOf(columns, ({ name, index }) => (index < 0 ? intent?.checksum : cells[names.indexOf(name)]))
  const rivals: SentKeys[] = []
  const earlier: SentKeys[] = []
  const later: SentKeys[] = []
  let pending = false
  const requested = new Set(rows.map(({ index }) => index))
  const ours = wireColumns(run.plan, place.operation).map(({ name }) => name)
  const open = (row: OpenRow) => {
    if (isSameAttempt(row.place, place) && requested.has(row.index)) return
    const keys = keysIn(row)
    if (wanted(keys).length === 0) return
    // Equal rows of lost creates are interchangeable: the first request takes first, so the others take what is left.
    const isSame =
      row.place.operation === place.operation &&
      isEqualList(row.columns, ours) &&
      row.intent?.checksum === search.checksum
    const isCounted = isSame && (isLost(row) || !row.isPending)
    if (isCounted && row.isPending && comparePlaces(row, { place, index: rows[0]?.index ?? 0 }) > 0) {
      later.push(keys)
      return
    }
    pending ||= row.isPending
    const claims = isCounted ? earlier : rivals
    claims.push(keys)
  }
  await visitClaims(store, place.runId, run, { id, open })
  await visitOtherRuns(runStores, place.runId, run, since, { id, open })
  return { accounted, rivals, earlier, later, pending }
}

const isSameAttempt = (one: OperationAttempt, other: OperationAttempt): boolean =>
  one.runId === other.runId && one.chunk === other.chunk && one.attempt === other.attempt

const isEqualList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at])

type Ordered = Pick<OpenRow, 'place' | 'index'>

function comparePlaces(one: Ordered, other: Ordered): number {
  if (one.place.runId !== other.place.runId) return one.place.runId < other.place.runId ? -1 : 1
  return one.place.chunk - other.place.chunk || one.place.attempt - other.place.attempt || one.index - other.index
}

/**
 * The value of a field, or of `Relationship.Field`, in a queried record, as text for the comparison
 * form; blank for null.
 */
function queriedText(record: QueriedRecord, name: string): string {
  let value: unknown = record
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as QueriedRecord)[step]
  }
  return value === null || value === undefined ? '' : String(value)
}
