/** Records in one collection request; Salesforce accepts no more. */
const MOST_RECORDS = 200

/** A request: its name in the journal, and the places of its records in the chunk, counted from 0. */
export type CollectionRequest = { readonly name: string; readonly indexes: readonly number[] }

/**
 * The requests that a chunk of so many records is sent in. The same for every attempt, so that the journal matches.
 * @param most records in one request
 */
export function collectionRequests(records: number, most = MOST_RECORDS): readonly CollectionRequest[] {
  return Array.from({ length: Math.ceil(records / most) }, (_, place) => {
    const first = place * most
    const end = Math.min(first + most, records)
    return { name: `${first + 1}-${end}`, indexes: Array.from({ length: end - first }, (_, offset) => first + offset) }
  })
}

/** The halves of a request that one of its records made fail as a whole. */
export function halvesOf({ name, indexes }: CollectionRequest): readonly CollectionRequest[] {
  const middle = Math.ceil(indexes.length / 2)
  return [
    { name: `${name}.a`, indexes: indexes.slice(0, middle) },
    { name: `${name}.b`, indexes: indexes.slice(middle) },
  ]
}

/** The request that sends the records that an earlier one certainly did not write: `.again`, `.again2`, `.again3` … */
export function againOf({ name }: CollectionRequest, indexes: readonly number[]): CollectionRequest {
  const [, first = name, count] = /^(.*)\.again(\d*)$/.exec(name) ?? []
  if (count === undefined) return { name: `${first}.again`, indexes }
  return { name: `${first}.again${Number(count || 1) + 1}`, indexes }
}
