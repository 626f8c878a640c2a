import { keyFormOf } from './keyForms.ts'
import type { Org } from './org.ts'
import { queryRecords } from './query.ts'
import type { KeyQuery } from './salesforceConnection.ts'
import { apiName, cutInLists } from './soql.ts'

/** Concurrent `IN` queries, within the connection's own limit. */
const LOOKUPS_AT_A_TIME = 4

/** Passes on the records whose key field has one of the values, found by `IN` lists that are as long as a query may be. */
export async function queryByKeys(
  org: Org,
  { object, key, fields, values, where, signal, take }: KeyQuery,
): Promise<void> {
  const form = keyFormOf(key)
  // One literal for values that differ in spelling only.
  const wanted = new Map<string, string>()
  for (const value of values) {
    const literal = form.literal(value)
    if (literal !== undefined) wanted.set(form.canonical(value), literal)
  }
  const name = apiName(key.name)
  const options = { action: `Find ${object} by ${name}`, ...(signal && { signal }) }
  const narrowed = where === undefined ? '' : `(${where}) AND `
  const head = `SELECT ${fields.map(apiName).join(', ')} FROM ${apiName(object)} WHERE ${narrowed}${name} IN (`
  // One generator for all: a failure in one loop closes it, and the others end after their current query.
  const queries = cutInLists({ path: `${org.root}/query?q=`, head }, wanted.values())
  const work = async () => {
    for (const soql of queries) {
      for await (const record of queryRecords(org, soql, options)) await take(record)
    }
  }
  await Promise.all(Array.from({ length: LOOKUPS_AT_A_TIME }, work))
}
