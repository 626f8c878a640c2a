import {
  type Candidate,
  compileMatches,
  decideLost,
  type LostContext,
  type LostRow,
  type SentKeys,
} from '../../matching/lostAnswer.ts'
import { type WireColumn, wireColumns } from '../../plan/syncPlan.ts'
import type { QueriedRecord, SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import { apiName, soqlString } from '../../salesforce/soql.ts'
import { WaitingError } from '../../step.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import { compileComparisonKey } from '../../values/fieldValue.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { OperationAttempt } from '../settleAttempt.ts'
import type { CollectionRequest } from './collectionRequests.ts'
import { INTENT_LIFETIME } from './departure.ts'
import { type OpenRow, otherRuns, visitClaims } from './otherClaims.ts'
import type { Decision, Intent, RequestJournal } from './requestJournal.ts'

/** The chunk whose records are searched for. */
export type SentChunk = {
  readonly salesforce: SalesforceConnection
  readonly journal: RequestJournal
  readonly store: RunStore
  readonly runStores: RunStores
  readonly place: OperationAttempt
  readonly run: PlannedRun
  /** Cells of the chunk's records, as staged. */
  readonly records: readonly (readonly string[])[]
}

/** Milliseconds between two searches while the org may still process the request. */
const SEARCH_INTERVAL = 15_000

/** Milliseconds by which the org's clock, known to the second, may be behind the time that we assume. */
const CLOCK_MARGIN = 5_000

/** The same for what is only reported: `CreatedDate` and `Date` are cut to the second. */
const REPORT_MARGIN = 2_000

/** The message of a record in doubt. */
export const ANSWER_LOST =
  'The answer of Salesforce was lost, and the org does not show whether this record was written; check the org before you load it again'

/**
 * Finds the outcome of a create whose answer was lost. This is why a create is not sent twice: only records that are provably
 * absent from the org are sent again, and only when the request can no longer arrive (departure.ts).
 * A record is one of this request only if the integration user has created it since the declaration, it has every value that was
 * sent, and no other request of this run, nor of another run of the run store, accounts for it or may still do so.
 * Throws WaitingError while records are missing that the org may still process, or while another request may own records that were found.
 */
export async function findLost(sent: SentChunk, request: CollectionRequest, intent: Intent): Promise<Decision> {
  const search = openSearch(sent, request, intent)
  const candidates = await candidatesOf(search)
  const left = lastArrival(intent, sent) - orgTime(sent)
  const isWhole = candidates.length >= request.indexes.length
  if (left > 0 && !isWhole) throw stillProcessed(request, candidates.length, left)
  // Read after the candidates: the declaration of every request that has written one of them is in the run store by now.
  const claims = candidates.length === 0 ? NO_CLAIMS : await claimsOn(search, candidates)
  const free = candidates.filter(({ id }) => !claims.accounted.has(id))
  if (claims.pending && left > -patience(sent)) throw stillOwned(request, left + patience(sent))
  const { found, absent, undecided } = decideLost(search.rows, free, { ...search.context, ...claims })
  if (left > 0 && found.size < request.indexes.length) throw stillProcessed(request, found.size, left)
  return { found: [...found], absent, undecided }
}

/** The org's clock, after an answer of the org. */
const orgTime = ({ salesforce }: SentChunk): number => Date.now() + salesforce.clockOffset()

/** The time by the org's clock from which on it no longer processes the request. */
const lastArrival = ({ orgTime: declared, over = declared + INTENT_LIFETIME }: Intent, { run }: SentChunk): number =>
  over + run.spec.resend.lostAnswerWait

/** Milliseconds for which another request that may own a record is waited for. */
const patience = ({ run }: SentChunk): number => INTENT_LIFETIME + run.spec.resend.lostAnswerWait

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000)

function stillProcessed({ indexes }: CollectionRequest, found: number, left: number): WaitingError {
  return new WaitingError(
    `The answer to a request for ${indexes.length} records was lost; ${Math.min(found, indexes.length)} of them are in the org. ` +
      `Salesforce may still process the others for ${seconds(left)} s, then their outcome is decided`,
    Math.min(left + 1, SEARCH_INTERVAL),
  )
}

function stillOwned({ indexes }: CollectionRequest, left: number): WaitingError {
  return new WaitingError(
    `The answer to a request for ${indexes.length} records was lost. The org has such records, and another request that is not answered yet ` +
      `may have written them; it is waited for, for up to ${seconds(left)} s`,
    Math.min(left + 1, SEARCH_INTERVAL),
  )
}

type ColumnAt = WireColumn & { readonly index: number; readonly keyOf: (text: string) => string }

type Search = {
  readonly sent: SentChunk
  readonly intent: Intent
  readonly columns: readonly ColumnAt[]
  readonly rows: readonly LostRow[]
  readonly context: Pick<LostContext, 'all' | 'uniqueColumn'>
  /** Values of the unique External ID, when every row has one. */
  readonly keys: readonly string[] | undefined
}

function openSearch(sent: SentChunk, { indexes }: CollectionRequest, intent: Intent): Search {
  const columns = wireColumns(sent.run.plan, 'create')
    .map((column, index) => ({ ...column, index, keyOf: compileComparisonKey(column.valueField) }))
    .filter(({ field }) => field?.relationship?.polymorphic !== true)
  const all = sent.records.map(cells => keysOf(columns, ({ index }) => cells[index]))
  // The org rejects a second record with the same value, so no other record can be the row's.
  const uniqueColumn = columns.findIndex(
    ({ field, valueField }) => field?.relationship === undefined && valueField.externalId && valueField.unique,
  )
  const values = indexes.map(index => sent.records[index]?.[columns[uniqueColumn]?.index ?? -1] ?? '')
  const rows = indexes.map(index => ({ index, keys: all[index] ?? [] }))
  return { sent, intent, columns, rows, context: { all, uniqueColumn }, keys: values.includes('') ? undefined : values }
}

const keysOf = (columns: readonly ColumnAt[], cellOf: (column: ColumnAt) => string | undefined): SentKeys =>
  columns.map(column => {
    const cell = cellOf(column)
    return cell ? column.keyOf(cell) : undefined
  })

/** Records that may be those of the request: created by the integration user since it was declared. */
async function candidatesOf(search: Search): Promise<readonly Candidate[]> {
  const { sent, intent, columns, keys } = search
  const { salesforce, run } = sent
  const { object } = run.plan
  const names = columns.map(({ field, name }) => field?.name ?? name)
  let condition = ours(sent, intent, CLOCK_MARGIN)
  const keyField = columns[search.context.uniqueColumn]?.valueField.name
  if (keys !== undefined && keyField !== undefined) {
    const ids = [...(await salesforce.findIds({ object, keyField, values: keys })).values()].flat()
    if (ids.length === 0) return []
    condition += ` AND Id IN (${ids.map(soqlString).join(',')})`
  }
  const candidates: Candidate[] = []
  const fields = ['Id', ...names.map(apiName)].join(', ')
  for await (const record of salesforce.query(`SELECT ${fields} FROM ${apiName(object)} WHERE ${condition}`)) {
    const values = names.map((name, place) => columns[place]?.keyOf(queriedText(record, name)) ?? '')
    candidates.push({ id: String(record['Id']), keys: values })
  }
  return candidates
}

/** Returns those of the records that the integration user has created since the request was declared. */
export async function createdSince(
  sent: SentChunk,
  intent: Intent,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const created = new Set<string>()
  if (ids.length === 0) return created
  const list = ids.map(soqlString).join(',')
  const condition = `${ours(sent, intent, REPORT_MARGIN)} AND Id IN (${list})`
  const soql = `SELECT Id FROM ${apiName(sent.run.plan.object)} WHERE ${condition}`
  for await (const record of sent.salesforce.query(soql)) created.add(String(record['Id']))
  return created
}

/** Created by the integration user since the request was declared. */
function ours({ run }: SentChunk, intent: Intent, margin: number): string {
  const since = new Date(intent.orgTime - margin).toISOString()
  return `CreatedById = ${soqlString(run.userId)} AND CreatedDate >= ${since}`
}

type Claims = Pick<LostContext, 'rivals' | 'later'> & {
  /** Ids of records that other requests have written. */
  readonly accounted: ReadonlySet<string>
  /** Whether a request that may own one of the candidates can still be answered, or be decided first. */
  readonly pending: boolean
}

const NO_CLAIMS: Claims = { accounted: new Set(), rivals: [], later: [], pending: false }

/** What the other requests of the run store claim of the candidates. */
async function claimsOn(search: Search, candidates: readonly Candidate[]): Promise<Claims> {
  const { sent, intent, columns, rows } = search
  const { place, run, store, runStores } = sent
  const known = new Set(candidates.map(({ id }) => id))
  const accounted = new Set<string>()
  const id = (one: string) => void (known.has(one) && accounted.add(one))
  // Only a candidate that a row of this request may have is contested.
  const matchesOf = compileMatches(candidates)
  const wanted = compileMatches([...new Set(rows.flatMap(({ keys }) => matchesOf(keys)))])
  const keysIn = ({ cells, columns: names }: OpenRow) => keysOf(columns, ({ name }) => cells[names.indexOf(name)])
  const rivals: SentKeys[] = []
  const later: SentKeys[] = []
  let pending = false
  const contest = (row: OpenRow, keys: SentKeys) => {
    rivals.push(keys)
    pending ||= row.isPending
  }
  const requested = new Set(rows.map(({ index }) => index))
  await visitClaims(store, place.runId, run, {
    id,
    open: row => {
      const isSame = row.place.chunk === place.chunk && row.place.attempt === place.attempt
      if (isSame && requested.has(row.index)) return
      const keys = keysIn(row)
      if (wanted(keys).length === 0) return
      // Of lost requests of one run, the first decides first: equal rows are interchangeable, so the others take what is left.
      if (isLost(row, sent) && comparePlaces(row, { place, index: rows[0]?.index ?? 0 }) > 0) later.push(keys)
      else contest(row, keys)
    },
  })
  for (const other of await otherRuns(runStores, place.runId, run, intent.orgTime)) {
    await visitClaims(other.store, other.runId, other.run, {
      id,
      open: row => {
        const keys = keysIn(row)
        if (wanted(keys).length > 0) contest(row, keys)
      },
    })
  }
  return { accounted, rivals, later, pending }
}

/** Whether the request of a row can no longer be answered. */
const isLost = ({ intent }: OpenRow, sent: SentChunk): boolean =>
  intent !== undefined && (intent.over !== undefined || lastArrival(intent, sent) < orgTime(sent))

type Ordered = Pick<OpenRow, 'place' | 'index'>

function comparePlaces(one: Ordered, other: Ordered): number {
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
