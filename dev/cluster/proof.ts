// Proof of no duplicates and no lost records: compares the source, results.csv and the org.

export type Result = {
  readonly status: string
  readonly customer_id: string
  readonly email: string
  readonly id: string
}

export type Evidence = {
  /** Customer ids of the source, in its order. */
  readonly source: readonly string[]
  /** Lines of results.csv, in its order. */
  readonly results: readonly Result[]
  /** Contacts that the load created, Id to e-mail. */
  readonly created: ReadonlyMap<string, string>
  /** Number of invalid records in the source. */
  readonly mistakes: number
}

export type Claim = { readonly what: string; readonly found: number; readonly expected: number }

export function claimsOf({ source, results, created, mistakes }: Evidence): readonly Claim[] {
  const accepted = results.filter(({ status }) => status === 'true')
  const rejected = results.filter(({ status }) => status === 'error')
  const copies = countByValue(created)
  const right = source.length - mistakes
  return [
    { what: 'lines in results.csv', found: results.length, expected: source.length },
    { what: 'of them in source order', found: inOrder(source, results), expected: source.length },
    { what: 'of them true', found: accepted.length, expected: right },
    { what: 'of them error', found: rejected.length, expected: mistakes },
    { what: 'contacts created in the org', found: created.size, expected: right },
    { what: 'of them duplicates', found: [...copies.values()].filter(count => count > 1).length, expected: 0 },
    { what: 'true, but not in the org (lost)', found: without(accepted, copies), expected: 0 },
    { what: 'error, but in the org', found: rejected.length - without(rejected, copies), expected: 0 },
    { what: "with another record's Id", found: mistaken(accepted, created), expected: 0 },
  ]
}

function countByValue(created: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const email of created.values()) counts.set(email, (counts.get(email) ?? 0) + 1)
  return counts
}

function inOrder(source: readonly string[], results: readonly Result[]): number {
  return source.filter((customer, index) => results[index]?.customer_id === customer).length
}

function without(results: readonly Result[], copies: ReadonlyMap<string, number>): number {
  return results.filter(({ email }) => !copies.has(email)).length
}

function mistaken(accepted: readonly Result[], created: ReadonlyMap<string, string>): number {
  return accepted.filter(({ id, email }) => created.get(id) !== email).length
}
