import { isRecord, parseJson } from './json.ts'
import type { OrgRequests } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { ApiVersion } from './salesforceConnection.ts'

function readVersions(body: unknown): readonly ApiVersion[] | undefined {
  if (!Array.isArray(body) || body.length === 0) return undefined
  const versions = body.filter(isRecord).flatMap(({ label, version }) => {
    return typeof label === 'string' && typeof version === 'string' ? [{ label, version }] : []
  })
  return versions.length === body.length ? versions : undefined
}

/**
 * What the org at `origin` speaks. Needs no login.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
 */
export async function listVersions(requests: OrgRequests, origin: string): Promise<readonly ApiVersion[]> {
  const call = { action: 'List API versions', method: 'GET', path: '/services/data' }
  const { text } = await requests.anonymousText(call, origin)
  const versions = readVersions(parseJson(text))
  if (versions) return versions
  throw answerLost(call, { reason: `the answer of ${new URL(origin).host} is not Salesforce's list of versions` })
}

/** The newest; they come in no promised order. */
export function latestVersion(versions: readonly ApiVersion[]): string {
  const numbers = versions.map(({ version }) => version)
  return numbers.reduce((newest, version) => (Number(version) > Number(newest) ? version : newest))
}
