import { isRecord, parseJson } from './json.ts'
import type { OrgRequests } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { ConnectionIdentity } from './salesforceConnection.ts'
import type { SharedSession } from './session.ts'
import { type ConnectionSettings, loginUrlOf } from './settings.ts'
import { latestVersion, listVersions } from './versions.ts'

/** Hosts that lead to every org, and so are no org's own. */
const LOGIN_HOSTS: readonly string[] = ['login.salesforce.com', 'test.salesforce.com']

/** The org's own host, by login only where the settings do not name it. */
export async function orgOrigin(settings: ConnectionSettings, session: SharedSession): Promise<string> {
  const open = session.peek()
  if (open) return open.instanceUrl
  const given = settings.instanceUrl === undefined ? loginUrlOf(settings) : new URL(settings.instanceUrl).origin
  return LOGIN_HOSTS.includes(new URL(given).host) ? (await session.current()).instanceUrl : given
}

/** `https://login.salesforce.com/id/<organizationId>/<userId>` */
const IDENTITY_URL = /\/id\/(00D[A-Za-z0-9]{12,15})\/(005[A-Za-z0-9]{12,15})$/

function idsOf(identityUrl: unknown): Pick<ConnectionIdentity, 'organizationId' | 'userId'> | undefined {
  const [, organizationId, userId] = IDENTITY_URL.exec(String(identityUrl)) ?? []
  return organizationId === undefined || userId === undefined ? undefined : { organizationId, userId }
}

/** Who a given token belongs to: the list of resources names the identity URL, and needs no more than API access. */
async function askWho(requests: OrgRequests, apiVersion: string) {
  const call = { action: 'Read the identity of the user', method: 'GET', path: `/services/data/v${apiVersion}/` }
  const { text } = await requests.text(call)
  const body = parseJson(text)
  const ids = isRecord(body) ? idsOf(body['identity']) : undefined
  if (ids) return ids
  throw answerLost(call, { reason: 'the answer names no organization and user' })
}

/** Logs in where there is no session yet, and finds out what it leads to. */
export async function identify(
  settings: ConnectionSettings,
  session: SharedSession,
  requests: OrgRequests,
): Promise<ConnectionIdentity> {
  const { instanceUrl, identityUrl } = await session.current()
  const { apiVersion: wanted } = settings
  const apiVersion = wanted === 'latest' ? latestVersion(await listVersions(requests, instanceUrl)) : wanted
  const ids = idsOf(identityUrl) ?? (await askWho(requests, apiVersion))
  return { instanceUrl, ...ids, apiVersion }
}
