import { isGovernorLimit } from '../../salesforce/governorLimit.ts'
import type { SaveResult } from '../../salesforce/salesforceConnection.ts'
import type { Intent } from './requestJournal.ts'

/** Records in one collection request; Salesforce accepts no more. */
const MOST_RECORDS = 200

/** A request: its name in the journal, and the places of its records in the chunk, counted from 0. */
export type CollectionRequest = {
  readonly name: string
  readonly indexes: readonly number[]
  /** An earlier request with these records whose answer was lost, and that was repeated. */
  readonly lost?: Intent
}

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

/** The halves of a request: of one that a record made fail as a whole, or that is too large for the org. */
export function halvesOf({ name, indexes, ...rest }: CollectionRequest): readonly CollectionRequest[] {
  const middle = Math.ceil(indexes.length / 2)
  const halves = [
    { ...rest, name: `${name}.a`, indexes: indexes.slice(0, middle) },
    { ...rest, name: `${name}.b`, indexes: indexes.slice(middle) },
  ]
  return halves.filter(half => half.indexes.length > 0)
}

/** The smaller requests for the records that the answer to a request rejects for a governor limit; none for a request of one record. */
export function smallerRequests(
  request: CollectionRequest,
  results: readonly SaveResult[],
): readonly CollectionRequest[] {
  if (request.indexes.length === 1) return []
  const indexes = request.indexes.filter((_, place) => isLimited(results[place]))
  return halvesOf({ ...request, indexes })
}

const isLimited = (result: SaveResult | undefined): boolean =>
  result?.success === false && result.errors.some(({ statusCode, message }) => isGovernorLimit(statusCode, message))

/** The request that sends the records that an earlier one certainly did not write: `.again`, `.again2`, `.again3` … */
export function againOf({ name }: CollectionRequest, indexes: readonly number[]): CollectionRequest {
  const [, first = name, count] = /^(.*)\.again(\d*)$/.exec(name) ?? []
  if (count === undefined) return { name: `${first}.again`, indexes }
  return { name: `${first}.again${Number(count || 1) + 1}`, indexes }
}
