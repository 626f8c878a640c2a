// The contents of the org, queried directly: the proof must not use the code that it proves.

/** Contacts of the org, Id to e-mail. Throws Error when the org does not answer. */
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

export type Credentials = { readonly clientId: string; readonly clientSecret: string }

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
