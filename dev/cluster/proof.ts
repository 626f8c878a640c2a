// Nothing twice, nothing lost: the source, results.csv and the org held against each other.

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
  /** Contacts that the load made, Id to e-mail. */
  readonly made: ReadonlyMap<string, string>
  /** Records of the source that are wrong. */
  readonly mistakes: number
}

export type Claim = { readonly what: string; readonly found: number; readonly expected: number }

export function claimsOf({ source, results, made, mistakes }: Evidence): readonly Claim[] {
  const accepted = results.filter(({ status }) => status === 'true')
  const rejected = results.filter(({ status }) => status === 'error')
  const copies = countByValue(made)
  const right = source.length - mistakes
  return [
    { what: 'lines in results.csv', found: results.length, expected: source.length },
    { what: 'of them in source order', found: inOrder(source, results), expected: source.length },
    { what: 'of them true', found: accepted.length, expected: right },
    { what: 'of them error', found: rejected.length, expected: mistakes },
    { what: 'contacts that the org has now', found: made.size, expected: right },
    { what: 'of them there twice', found: [...copies.values()].filter(count => count > 1).length, expected: 0 },
    { what: 'true, but not in the org (lost)', found: without(accepted, copies), expected: 0 },
    { what: 'error, but in the org', found: rejected.length - without(rejected, copies), expected: 0 },
    { what: "with another record's Id", found: mistaken(accepted, made), expected: 0 },
  ]
}

function countByValue(made: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const email of made.values()) counts.set(email, (counts.get(email) ?? 0) + 1)
  return counts
}

function inOrder(source: readonly string[], results: readonly Result[]): number {
  return source.filter((customer, index) => results[index]?.customer_id === customer).length
}

function without(results: readonly Result[], copies: ReadonlyMap<string, number>): number {
  return results.filter(({ email }) => !copies.has(email)).length
}

function mistaken(accepted: readonly Result[], made: ReadonlyMap<string, string>): number {
  return accepted.filter(({ id, email }) => made.get(id) !== email).length
}
