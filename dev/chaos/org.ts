// An emulated org of the storm, reached without the code of the product.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import Papa from 'papaparse'
import type { Processes } from '../processes/processes.ts'
import type { FaultKind, NamedFault } from './faults.ts'
import type { Interference } from './plan.ts'
import { RULES } from './shapes.ts'
import { accountsOf, contentOf, emailOf, type Load, type SourceRow, VALUE_BEFORE } from './source.ts'
import type { OrgRecord } from './verdict.ts'

const API = '/services/data/v67.0'
const POLL_MS = 100
/** Minimum duration of an ingest job: kills and strangers meet jobs in progress. */
const JOB_MS = 600

export type Credentials = { readonly url: string; readonly clientId: string; readonly clientSecret: string }

export type ChaosOrg = Credentials & {
  readonly name: string
  /** Creates the records and the parents that exist before a load. Resolves to their Ids by marker and name. */
  seed(load: Load, rows: readonly SourceRow[]): Promise<ReadonlyMap<string, string>>
  addFaults(faults: readonly NamedFault[]): Promise<void>
  /** Removes the faults; resolves to how often each kind has hit. */
  clearFaults(): Promise<ReadonlyMap<FaultKind, number>>
  /** All records of a load. */
  records(load: Load): Promise<readonly OrgRecord[]>
  count(): Promise<number>
  /** Aborts or deletes the next ingest job that allows it. Resolves to whether there was one before the signal. */
  interfere(how: Interference, signal: AbortSignal): Promise<boolean>
}

/** Throws ProcessEndedError. */
export async function startOrg(
  processes: Processes,
  {
    name,
    program,
    log,
    folder,
  }: { readonly name: string; readonly program: string; readonly log: string; readonly folder: string },
): Promise<ChaosOrg> {
  const { readyMatch } = await processes.start({
    ...{ name: `The org ${name}`, folder, log },
    args: [program, '--no-records', '--processing-delay', String(JOB_MS)],
    ready: /(\{.*\})\n/,
  })
  const credentials = JSON.parse(readyMatch[1] ?? '') as Credentials
  const kinds = new Map<string, FaultKind>()
  return {
    ...credentials,
    name,
    seed: (load, rows) => seed(credentials, load, rows),
    addFaults: async faults => {
      for (const { kind, rule } of faults) {
        const { id } = await answerOf<{ id: string }>(credentials.url, '/emulator/faults', post(rule))
        kinds.set(id, kind)
      }
    },
    clearFaults: () => clearFaults(credentials.url, kinds),
    records: load => recordsOf(credentials, load),
    count: async () => {
      const paths = ['Contact', 'ContentVersion'].map(object => `/emulator/records/${object}?count=true`)
      const counts = await Promise.all(paths.map(path => answerOf<{ count: number }>(credentials.url, path)))
      return counts.reduce((sum, { count }) => sum + count, 0)
    },
    interfere: (how, signal) => interfere(credentials, how, signal),
  }
}

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })

async function answerOf<T>(url: string, path: string, request: RequestInit = {}): Promise<T> {
  const answer = await fetch(`${url}${path}`, request)
  if (!answer.ok) throw new Error(`The org rejected ${path}: ${answer.status} ${await answer.text()}`)
  const text = await answer.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function clearFaults(url: string, kinds: Map<string, FaultKind>): Promise<ReadonlyMap<FaultKind, number>> {
  const rules = await answerOf<readonly { id: string; hits: number }[]>(url, '/emulator/faults')
  await answerOf(url, '/emulator/faults', { method: 'DELETE' })
  const hits = new Map<FaultKind, number>()
  for (const { id, hits: count } of rules) {
    const kind = kinds.get(id)
    if (kind !== undefined && count > 0) hits.set(kind, (hits.get(kind) ?? 0) + count)
  }
  kinds.clear()
  return hits
}

/** Each login begins a new session: faults and other logins end those of others. */
export async function logIn({ url, clientId, clientSecret }: Credentials): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const { access_token } = await answerOf<{ access_token: string }>(url, '/services/oauth2/token', {
    method: 'POST',
    body,
  })
  return access_token
}

/** Repeats the request with a new session while workers that start end the old one by their logins. */
async function call<T>(org: Credentials, path: string, request: RequestInit = {}, read = readJson<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const headers = { authorization: `Bearer ${await logIn(org)}`, 'content-type': 'application/json' }
    const answer = await fetch(`${org.url}${path}`, { ...request, headers: { ...headers, ...request.headers } })
    if (answer.ok) return read(answer)
    if (answer.status !== 401 || attempt === 5) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
}

async function readJson<T>(answer: Response): Promise<T> {
  const text = await answer.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

type Job = { readonly id: string; readonly state: string }

async function seed(org: Credentials, load: Load, rows: readonly SourceRow[]): Promise<ReadonlyMap<string, string>> {
  const contacts = rows
    .filter(({ exists }) => exists)
    .map(({ marker }) => [marker, marker, VALUE_BEFORE, emailOf(marker)])
  return new Map([
    ...(await inserted(org, 'Contact', [['Ext_Id__c', 'LastName', 'Title', 'Email'], ...contacts])),
    ...(await inserted(org, 'Account', [['Name'], ...accountsOf(load).map(name => [name])])),
  ])
}

/** Resolves to pairs of the first cell and the Id. */
async function inserted(
  org: Credentials,
  object: string,
  cells: readonly (readonly string[])[],
): Promise<readonly (readonly [string, string])[]> {
  if (cells.length === 1) return []
  const job = await call<Job>(org, `${API}/jobs/ingest`, post({ object, operation: 'insert' }))
  const path = `${API}/jobs/ingest/${job.id}`
  const csv = `${cells.map(values => values.join(',')).join('\n')}\n`
  await call(org, `${path}/batches`, { method: 'PUT', body: csv, headers: { 'content-type': 'text/csv' } })
  await call(org, path, { method: 'PATCH', body: '{"state":"UploadComplete"}' })
  while ((await call<Job>(org, path)).state !== 'JobComplete') await sleep(POLL_MS)
  const text = await call(org, `${path}/successfulResults`, {}, answer => answer.text())
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  if (data.length !== cells.length - 1) throw new Error(`Seeded ${data.length} of ${cells.length - 1} records`)
  return data.map(line => [line[cells[0]?.[0] ?? ''] ?? '', line['sf__Id'] ?? ''])
}

type Row = { readonly Id: string; readonly CreatedDate: string; readonly SystemModstamp: string } & Readonly<
  Record<string, string | null>
>

async function recordsOf(org: Credentials, load: Load): Promise<readonly OrgRecord[]> {
  if (RULES[load.shape].object === 'ContentVersion') return filesOf(org, load)
  const fields = 'Id, LastName, Title, AccountId, ReportsToId, CreatedDate, SystemModstamp'
  const rows = await query(org, `SELECT ${fields} FROM Contact WHERE LastName LIKE '${load.name}-%'`)
  return rows.map(row => ({
    ...{ id: row.Id, marker: row['LastName'] ?? '', value: row['Title'] ?? '' },
    parent: row['AccountId'] ?? row['ReportsToId'] ?? '',
    modified: row.SystemModstamp !== row.CreatedDate,
  }))
}

/** The value of a file with another content is its checksum. A file of several parents has all of them. */
async function filesOf(org: Credentials, load: Load): Promise<readonly OrgRecord[]> {
  const accounts = await query(org, `SELECT Id FROM Account WHERE Name LIKE '${load.name}-%'`)
  const ids = accounts.map(({ Id }) => `'${Id}'`).join()
  const links = await query(
    org,
    `SELECT Id, ContentDocumentId, LinkedEntityId FROM ContentDocumentLink WHERE LinkedEntityId IN (${ids})`,
  )
  const parents = Map.groupBy(links, link => link['ContentDocumentId'])
  const fields = 'Id, Title, Description, Checksum, ContentDocumentId, CreatedDate, SystemModstamp'
  const rows = await query(org, `SELECT ${fields} FROM ContentVersion WHERE Title LIKE '${load.name}-%'`)
  return rows.map(row => {
    const [marker, checksum] = [row['Title'] ?? '', row['Checksum'] ?? '']
    const isRight = checksum === createHash('md5').update(contentOf(marker)).digest('hex')
    const document = row['ContentDocumentId'] ?? ''
    const above = parents.get(document) ?? []
    return {
      ...{ id: row.Id, document, marker, value: isRight ? (row['Description'] ?? '') : checksum },
      parent: above.map(link => link['LinkedEntityId']).join(),
      modified: row.SystemModstamp !== row.CreatedDate,
    }
  })
}

async function query(org: Credentials, soql: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  let next: string | undefined = `${API}/query?q=${encodeURIComponent(soql)}`
  while (next !== undefined) {
    const page: { readonly records: readonly Row[]; readonly nextRecordsUrl?: string } = await call(org, next)
    rows.push(...page.records)
    next = page.nextRecordsUrl
  }
  return rows
}

const INTERFERED: Readonly<Record<Interference, readonly string[]>> = {
  abort: ['UploadComplete', 'InProgress'],
  delete: ['JobComplete', 'Failed'],
}

async function interfere(org: Credentials, how: Interference, signal: AbortSignal): Promise<boolean> {
  const before = new Set((await jobsOf(org)).map(({ id }) => id))
  while (!signal.aborted) {
    const job = (await jobsOf(org)).find(({ id, state }) => !before.has(id) && INTERFERED[how].includes(state))
    if (job !== undefined) {
      const change = how === 'abort' ? { method: 'PATCH', body: '{"state":"Aborted"}' } : { method: 'DELETE' }
      // The job may have ended since, or a fault may hit this request.
      const done = await call(org, `${API}/jobs/ingest/${job.id}`, change).then(
        () => true,
        () => false,
      )
      if (done) return true
    }
    await sleep(POLL_MS)
  }
  return false
}

const jobsOf = (org: Credentials): Promise<readonly Job[]> =>
  call<{ records: readonly Job[] }>(org, `${API}/jobs/ingest`).then(
    ({ records }) => records,
    () => [],
  )
