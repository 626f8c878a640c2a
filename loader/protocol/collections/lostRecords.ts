import { type Candidate, decideLost, type LostRow } from '../../matching/lostAnswer.ts'
import { type WireColumn, wireColumns } from '../../plan/syncPlan.ts'
import type { QueriedRecord, SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import { apiName, soqlString } from '../../salesforce/soql.ts'
import { WaitingError } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { compileComparisonKey } from '../../values/fieldValue.ts'
import { chunkFiles, JOURNAL } from '../layout.ts'
import { type PlannedRun, readStaged, storedLines } from '../runRecords.ts'
import type { Decision, Intent } from './requestJournal.ts'

/** The chunk whose records are searched for. */
export type SentChunk = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly run: PlannedRun
  /** Cells of the chunk's records, as staged. */
  readonly records: readonly (readonly string[])[]
}

/** Milliseconds between two searches while the org may still process the request. */
const SEARCH_INTERVAL = 15_000

/** Milliseconds by which the org's clock, known to the second, may be behind the time that we assume. */
const CLOCK_MARGIN = 5_000

/** The message of a record in doubt. */
export const ANSWER_LOST =
  'The answer of Salesforce was lost, and the org does not show whether this record was written; check the org before you load it again'

/**
 * Finds the outcome of a create whose answer was lost. This is why a create is not sent twice: only records that are provably
 * absent from the org are sent again.
 * Throws WaitingError while records are missing that the org may still process.
 * @param indexes places of the records in the chunk, counted from 0
 */
export async function findLost(sent: SentChunk, indexes: readonly number[], intent: Intent): Promise<Decision> {
  const external = uniqueExternalId(sent)
  const { found, absent, undecided } =
    external === undefined ? await byValues(sent, indexes, intent) : await byExternalId(sent, indexes, intent, external)
  const decision = { found: [...found], absent, undecided }
  const missing = absent.length + undecided.length
  const left = intent.at + sent.run.spec.resend.lostAnswerWait - Date.now()
  if (missing === 0 || left <= 0) return decision
  throw new WaitingError(
    `The answer to a request for ${indexes.length} records was lost; ${found.size} of them are in the org. ` +
      `Salesforce may still process the others for ${Math.ceil(left / 1000)} s, then their outcome is decided`,
    Math.min(left + 1, SEARCH_INTERVAL),
  )
}

type ColumnAt = WireColumn & { readonly index: number }

const columnsOf = ({ run }: SentChunk): readonly ColumnAt[] =>
  wireColumns(run.plan, 'create').map((column, index) => ({ ...column, index }))

/** The column whose values are unique in the org. */
function uniqueExternalId(sent: SentChunk): ColumnAt | undefined {
  return columnsOf(sent).find(
    ({ field, valueField }) => field?.relationship === undefined && valueField.externalId && valueField.unique,
  )
}

/** A unique external ID decides: the org has it since our request, or it does not, and then it rejects a second one. */
async function byExternalId(sent: SentChunk, indexes: readonly number[], intent: Intent, column: ColumnAt) {
  const { salesforce, records, run } = sent
  const keyOf = (index: number): string => records[index]?.[column.index] ?? ''
  const values = indexes.map(keyOf).filter(value => value !== '')
  const ids = await salesforce.findIds({ object: run.plan.object, keyField: column.valueField.name, values })
  const created = await createdSince(sent, intent, [...ids.values()].flat())
  const found = new Map<number, string>()
  const unkeyed: number[] = []
  const absent: number[] = []
  for (const index of indexes) {
    const id = ids.get(keyOf(index))?.find(one => created.has(one))
    if (id !== undefined) found.set(index, id)
    else if (keyOf(index) === '') unkeyed.push(index)
    else absent.push(index)
  }
  if (unkeyed.length === 0) return { found, absent, undecided: [] }
  const rest = await byValues(sent, unkeyed, intent)
  return { found: new Map([...found, ...rest.found]), absent: [...absent, ...rest.absent], undecided: rest.undecided }
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
  const soql = `SELECT Id FROM ${apiName(sent.run.plan.object)} WHERE ${ours(sent, intent)} AND Id IN (${list})`
  for await (const record of sent.salesforce.query(soql)) created.add(String(record['Id']))
  return created
}

/** Created by the integration user since the request was declared. */
function ours({ run }: SentChunk, { orgTime }: Intent): string {
  const since = new Date(orgTime - CLOCK_MARGIN).toISOString()
  return `CreatedById = ${soqlString(run.userId)} AND CreatedDate >= ${since}`
}

/** Without such a field: compares values with those of records that no answer of this run accounts for. */
async function byValues(sent: SentChunk, indexes: readonly number[], intent: Intent) {
  const columns = columnsOf(sent).filter(({ field }) => field?.relationship?.polymorphic !== true)
  const keyOf = columns.map(({ valueField }) => compileComparisonKey(valueField))
  const keysOf = (cells: readonly string[]): LostRow['keys'] =>
    columns.map(({ index }, place) => (cells[index] ? keyOf[place]?.(cells[index]) : undefined))
  const candidates = await candidatesOf(sent, intent, columns, keyOf)
  const keys = new Map(indexes.map(index => [index, keysOf(sent.records[index] ?? [])]))
  const elsewhere = await equalElsewhere(sent, [...keys.values()], keysOf)
  const rows = indexes.map(index => {
    const own = keys.get(index) ?? []
    return { index, keys: own, equalElsewhere: elsewhere.has(JSON.stringify(own)) }
  })
  return decideLost(rows, candidates)
}

async function candidatesOf(
  sent: SentChunk,
  intent: Intent,
  columns: readonly ColumnAt[],
  keyOf: readonly ((text: string) => string)[],
): Promise<readonly Candidate[]> {
  const { salesforce, run, store } = sent
  const accounted = await accountedIds(store)
  const names = columns.map(({ field, name }) => field?.name ?? name)
  const fields = ['Id', ...names.map(apiName)].join(', ')
  const candidates: Candidate[] = []
  for await (const record of salesforce.query(
    `SELECT ${fields} FROM ${apiName(run.plan.object)} WHERE ${ours(sent, intent)}`,
  )) {
    const id = String(record['Id'])
    if (accounted.has(id)) continue
    candidates.push({ id, keys: names.map((name, place) => keyOf[place]?.(queriedText(record, name)) ?? '') })
  }
  return candidates
}

/** Ids that answers of this run have named. */
async function accountedIds(store: RunStore): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (const path of await store.list('chunks')) {
    const isAnswer = path.endsWith(JOURNAL.answer) || path.endsWith(JOURNAL.decision)
    const text = isAnswer ? await store.readText(path) : undefined
    for (const [, id] of text?.matchAll(/"([a-zA-Z0-9]{18})"/g) ?? []) if (id !== undefined) ids.add(id)
  }
  return ids
}

/** Returns those of the keys that other records of the run have too. */
async function equalElsewhere(
  { store }: SentChunk,
  keys: readonly LostRow['keys'][],
  keysOf: (cells: readonly string[]) => LostRow['keys'],
): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>()
  for (const key of keys) {
    const text = JSON.stringify(key)
    counts.set(text, (counts.get(text) ?? 0) - 1)
  }
  const staged = await readStaged(store)
  const chunks = staged?.chunks.filter(({ operation }) => operation === 'create') ?? []
  for (const { chunk } of chunks) {
    for await (const lines of storedLines(store, chunkFiles(chunk, 1).csv)) {
      for (const cells of lines) {
        const text = JSON.stringify(keysOf(cells))
        const count = counts.get(text)
        if (count !== undefined) counts.set(text, count + 1)
      }
    }
  }
  return new Set([...counts].filter(([, more]) => more > 0).map(([text]) => text))
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
