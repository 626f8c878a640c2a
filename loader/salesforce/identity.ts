import { isObject } from '../../packages/client/contract/issues.ts'
import { ApiVersionError } from './errors.ts'
import { GENERAL_LOGIN_HOSTS } from './orgAddress.ts'
import type { OrgRequests } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { ConnectionIdentity, OfferedVersions } from './salesforceConnection.ts'
import type { SharedSession } from './session.ts'
import { type ConnectionSettings, loginUrlOf } from './settings.ts'

/** The org's own host; logs in only when the settings do not name it. */
export async function orgOrigin(settings: ConnectionSettings, session: SharedSession): Promise<string> {
  const open = session.peek()
  if (open) return open.instanceUrl
  const given = settings.instanceUrl === undefined ? loginUrlOf(settings) : new URL(settings.instanceUrl).origin
  return GENERAL_LOGIN_HOSTS.includes(new URL(given).host) ? (await session.current()).instanceUrl : given
}

/** `https://login.salesforce.com/id/<organizationId>/<userId>` */
const IDENTITY_URL = /\/id\/(00D[A-Za-z0-9]{12,15})\/(005[A-Za-z0-9]{12,15})$/

function idsOf(identityUrl: unknown): Pick<ConnectionIdentity, 'organizationId' | 'userId'> | undefined {
  const [, organizationId, userId] = IDENTITY_URL.exec(String(identityUrl)) ?? []
  return organizationId === undefined || userId === undefined ? undefined : { organizationId, userId }
}

/** The user of a given token: the list of resources names the identity URL, and requires only API access. */
async function askWho(requests: OrgRequests, apiVersion: string) {
  const call = { action: 'Read the identity of the user', method: 'GET', path: `/services/data/v${apiVersion}/` }
  const body = await requests.json(call)
  const ids = isObject(body) ? idsOf(body['identity']) : undefined
  if (ids) return ids
  throw answerLost(call, { reason: 'the answer names no organization and user' })
}

/** Logs in when there is no session, and reads the identity of its user. */
export async function identify(
  settings: ConnectionSettings,
  session: SharedSession,
  requests: OrgRequests,
): Promise<ConnectionIdentity> {
  const { instanceUrl, identityUrl } = await session.current()
  const { versions, inUse: apiVersion } = await offeredVersions(settings, requests, instanceUrl)
  const numbers = versions.map(({ version }) => version)
  if (!numbers.includes(apiVersion)) {
    throw new ApiVersionError(settings.name, new URL(instanceUrl).host, apiVersion, numbers)
  }
  const ids = idsOf(identityUrl) ?? (await askWho(requests, apiVersion))
  return { instanceUrl, ...ids, apiVersion }
}

function readVersions(body: unknown): OfferedVersions['versions'] | undefined {
  if (!Array.isArray(body) || body.length === 0) return undefined
  const versions = body.filter(isObject).flatMap(({ label, version }) => {
    return typeof label === 'string' && typeof version === 'string' && /^\d{1,4}\.\d$/.test(version)
      ? [{ label, version }]
      : []
  })
  // The order of the list is not documented.
  return versions.length === body.length
    ? versions.toSorted((a, b) => Number(a.version) - Number(b.version))
    : undefined
}

/**
 * The API versions of the org at `origin`. Needs no login.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
 */
export async function offeredVersions(
  { apiVersion }: Pick<ConnectionSettings, 'apiVersion'>,
  requests: OrgRequests,
  origin: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<OfferedVersions> {
  const call = { ...options, action: 'List API versions', method: 'GET', path: '/services/data' }
  const versions = readVersions(await requests.anonymousJson(call, origin))
  const newest = versions?.at(-1)?.version
  if (versions && newest !== undefined) {
    return { instanceUrl: origin, versions, inUse: apiVersion === 'latest' ? newest : apiVersion }
  }
  throw answerLost(call, { reason: `the answer of ${new URL(origin).host} is not Salesforce's list of versions` })
}
