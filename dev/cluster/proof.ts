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

const inOrder = (source: readonly string[], results: readonly Result[]): number =>
  source.filter((customer, index) => results[index]?.customer_id === customer).length

const without = (results: readonly Result[], copies: ReadonlyMap<string, number>): number =>
  results.filter(({ email }) => !copies.has(email)).length

function mistaken(accepted: readonly Result[], created: ReadonlyMap<string, string>): number {
  return accepted.filter(({ id, email }) => created.get(id) !== email).length
}

/** Contacts of the org, Id to e-mail, queried directly: the proof must not use the code that it proves. Throws Error when the org does not answer. */
export async function contactsIn(orgUrl: string, credentials: Credentials): Promise<ReadonlyMap<string, string>> {
  const authorization = `Bearer ${await logIn(orgUrl, credentials)}`
  const contacts = new Map<string, string>()
  let next: string | undefined = `/services/data/v67.0/query?q=${encodeURIComponent('SELECT Id, Email FROM Contact')}`
  while (next !== undefined) {
    const page: Page = await answerOf(fetch(`${orgUrl}${next}`, { headers: { authorization } }))
    for (const { Id, Email } of page.records) contacts.set(Id, Email ?? '')
    next = page.nextRecordsUrl
  }
  return contacts
}

type Credentials = { readonly clientId: string; readonly clientSecret: string }

type Page = {
  readonly records: readonly { readonly Id: string; readonly Email: string | null }[]
  readonly nextRecordsUrl?: string
}

async function logIn(orgUrl: string, { clientId, clientSecret }: Credentials): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const { access_token } = await answerOf<{ access_token: string }>(
    fetch(`${orgUrl}/services/oauth2/token`, { method: 'POST', body }),
  )
  return access_token
}

async function answerOf<T>(request: Promise<Response>): Promise<T> {
  const answer = await request
  if (!answer.ok) throw new Error(`The org rejected ${new URL(answer.url).pathname}: ${answer.status}`)
  return (await answer.json()) as T
}
