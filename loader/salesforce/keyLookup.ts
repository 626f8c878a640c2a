import { bulkQuery } from './bulkQuery.ts'
import type { FieldDescribe, FieldType, ObjectDescribe } from './describe.ts'
import { LimitReachedError, RequestRejectedError, TemporarilyRejectedError } from './errors.ts'
import type { Org } from './org.ts'
import { queryCount, queryRecords } from './query.ts'
import type { FindIdsRequest } from './salesforceConnection.ts'
import { apiName, cutInLists, soqlString } from './soql.ts'

/**
 * From this many values on, a query job over the whole object is considered: 20,000 are about 60 to 100 `IN` queries, against about 10 calls of a job.
 */
export const BULK_LOOKUP_VALUES = 20_000
/** A job reads the whole object, so it pays off only if the object has at most this many records for each value. */
export const BULK_LOOKUP_RATIO = 10
/** Concurrent `IN` queries, within the connection's own limit. */
const LOOKUPS_AT_A_TIME = 4

type Lookup = {
  readonly org: Org
  readonly object: string
  readonly keyField: string
  readonly options: { readonly action: string; readonly signal?: AbortSignal }
  /** `SELECT Id, Email FROM Contact` */
  readonly select: string
  /** Canonical key to literal; one for values that differ in spelling only. */
  readonly wanted: ReadonlyMap<string, string>
  readonly take: (record: Readonly<Record<string, unknown>>) => void
}

const isRejection = (error: unknown): boolean =>
  error instanceof RequestRejectedError ||
  error instanceof TemporarilyRejectedError ||
  error instanceof LimitReachedError

async function bulkIsCheaper({ org, object, keyField, options, wanted }: Lookup): Promise<boolean> {
  if (wanted.size < BULK_LOOKUP_VALUES) return false
  try {
    const count = await queryCount(org, `SELECT COUNT() FROM ${object} WHERE ${keyField} != null`, options)
    return count <= wanted.size * BULK_LOOKUP_RATIO
  } catch (error) {
    // Counting a huge object may be rejected or time out: then the object is too large for a job.
    if (isRejection(error)) return false
    throw error
  }
}

async function lookUpByList(lookup: Lookup): Promise<void> {
  const { org, keyField, options, select, wanted, take } = lookup
  const query = { path: `${org.root}/query?q=`, head: `${select} WHERE ${keyField} IN (` }
  // One generator for all: a failure in one loop closes it, and the others end after their current query.
  const queries = cutInLists(query, wanted.values())
  const work = async () => {
    for (const soql of queries) {
      for await (const record of queryRecords(org, soql, options)) take(record)
    }
  }
  await Promise.all(Array.from({ length: LOOKUPS_AT_A_TIME }, work))
}

async function lookUpByJob({ org, keyField, options, select, take }: Lookup): Promise<void> {
  for await (const row of bulkQuery(org, `${select} WHERE ${keyField} != null`, options)) take(row)
}

/** Ids of keys that several records have: further ones change no result, and an org may answer with any number of them. */
const MAX_REPEATED = 1_000_000

/** Characters of an Id. */
const ID_LENGTH = 18

/** Gathers the ids of wanted keys; the same record may come twice when a job is followed by lists. */
function gatherer(form: KeyForm, keyField: string, wanted: ReadonlyMap<string, string>) {
  const found = new Map<string, Set<string>>()
  let repeated = 0
  const take = (record: Readonly<Record<string, unknown>>): void => {
    const key = form.canonical(record[keyField])
    if (!wanted.has(key)) return
    const ids = found.get(key) ?? new Set()
    if (ids.size > 1 && repeated >= MAX_REPEATED) return
    repeated += Number(ids.size > 0)
    found.set(key, ids.add(String(record['Id']).slice(0, ID_LENGTH)))
  }
  return { found, take }
}

/**
 * The ids of the records whose key field has one of the values, with few calls. Values are compared as Salesforce compares them.
 */
export async function findIds(
  org: Org,
  describe: ObjectDescribe,
  { object, keyField, values, signal }: FindIdsRequest,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const field = describe.fields.find(({ name }) => name.toLowerCase() === keyField.toLowerCase())
  const name = apiName(field?.name ?? keyField)
  const form = keyFormOf(field)
  const wanted = new Map<string, string>()
  for (const value of values) {
    const literal = form.literal(value)
    if (literal !== undefined) wanted.set(form.canonical(value), literal)
  }
  const { found, take } = gatherer(form, name, wanted)
  const select = `SELECT ${name === 'Id' ? 'Id' : `Id, ${name}`} FROM ${apiName(object)}`
  const options = { action: `Find ${object} by ${name}`, ...(signal && { signal }) }
  const lookup: Lookup = { org, object, keyField: name, options, select, wanted, take }
  if (await bulkIsCheaper(lookup)) {
    await lookUpByJob(lookup).catch(async error => {
      if (!isRejection(error)) throw error
      await lookUpByList(lookup)
    })
  } else {
    await lookUpByList(lookup)
  }
  const matches = values.map(value => [value, [...(found.get(form.canonical(value)) ?? [])]] as const)
  return new Map(matches.filter(([, ids]) => ids.length > 0))
}

/** How values of a key field are written in SOQL, and when two of them identify the same record. */
type KeyForm = {
  /** The value in a condition; undefined for a value that no record can have, which would fail the whole query. */
  literal(value: string): string | undefined
  /** Equal for equal keys, whether they come from the source or from the org. */
  canonical(value: unknown): string
}

/** Characters of the longest text field that can be filtered on. */
const MAX_KEY_LENGTH = 255

const plain = (value: unknown): string => String(value ?? '').trim()

const textForm = (caseSensitive: boolean): KeyForm => ({
  literal: value => {
    const trimmed = plain(value)
    return trimmed === '' || trimmed.length > MAX_KEY_LENGTH ? undefined : soqlString(trimmed)
  },
  // Salesforce compares text without regard to case unless the field says otherwise.
  canonical: value => {
    const composed = plain(value).normalize('NFC')
    return caseSensitive ? composed : composed.toLowerCase()
  },
})

/** The first 15 characters are the id; the last three are a checksum that some sources leave out. */
const idForm: KeyForm = {
  literal: value => (/^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(plain(value)) ? soqlString(plain(value)) : undefined),
  canonical: value => plain(value).slice(0, 15),
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

const numberForm: KeyForm = {
  literal: value => (DECIMAL.test(plain(value)) ? String(Number(plain(value))) : undefined),
  // The org spells numbers in several ways: 12.0, 3.5E8.
  canonical: value => (DECIMAL.test(plain(value)) ? String(Number(plain(value))) : plain(value)),
}

const dateForm: KeyForm = {
  literal: value => (/^\d{4}-\d{2}-\d{2}$/.test(plain(value)) ? plain(value) : undefined),
  canonical: plain,
}

const milliseconds = (value: unknown): number => Date.parse(plain(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))

/** Literals of dates and times are not quoted; the org stores whole seconds. */
const datetimeForm: KeyForm = {
  literal: value => {
    const time = milliseconds(value)
    return Number.isNaN(time) ? undefined : new Date(time).toISOString()
  },
  canonical: value => {
    const time = milliseconds(value)
    return Number.isNaN(time) ? plain(value) : String(Math.floor(time / 1000))
  },
}

const booleanForm: KeyForm = {
  literal: value => (/^(true|false)$/i.test(plain(value)) ? plain(value).toLowerCase() : undefined),
  canonical: value => plain(value).toLowerCase(),
}

const FORMS: ReadonlyMap<FieldType, KeyForm> = new Map([
  ['id', idForm],
  ['reference', idForm],
  ['boolean', booleanForm],
  ['double', numberForm],
  ['currency', numberForm],
  ['percent', numberForm],
  ['int', numberForm],
  ['long', numberForm],
  ['date', dateForm],
  ['datetime', datetimeForm],
])

const keyFormOf = (field: Pick<FieldDescribe, 'type' | 'caseSensitive'> | undefined): KeyForm =>
  (field && FORMS.get(field.type)) ?? textForm(field?.caseSensitive ?? false)
