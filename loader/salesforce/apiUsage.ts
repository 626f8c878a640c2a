// How many of the API calls of 24 hours are used, and the share of them that loads leave to others.
import { isObject } from '../../packages/client/contract/issues.ts'
import type { Org } from './org.ts'
import type { ApiUsage, SalesforceConnection } from './salesforceConnection.ts'

/**
 * Asks the org.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
 */
export function fetchApiUsage(org: Org, options: { readonly signal?: AbortSignal }): Promise<ApiUsage> {
  return org.json({ ...options, action: 'Read the limits of the org', path: '/limits' }, readUsage)
}

function readUsage(body: unknown): ApiUsage | undefined {
  const calls = isObject(body) ? body['DailyApiRequests'] : undefined
  if (!isObject(calls)) return undefined
  const { Max: limit, Remaining: left } = calls
  return typeof limit === 'number' && typeof left === 'number' ? { used: limit - left, limit } : undefined
}

/** The usage, when only the calls are left that the budget of the org reserves for others; undefined while there are more. */
export async function reservedUsage(
  { budget, readApiUsage }: Pick<SalesforceConnection, 'budget' | 'readApiUsage'>,
  signal: AbortSignal,
): Promise<ApiUsage | undefined> {
  if (budget.apiReserve === undefined) return undefined
  const usage = await readApiUsage(signal)
  return isReserveReached(usage, budget.apiReserve) ? usage : undefined
}

/** Whether the calls that are left to others would be used. @param reserve share of all calls, 0 to 1 */
function isReserveReached({ used, limit }: ApiUsage, reserve: number): boolean {
  return used >= limit * (1 - reserve)
}

/** `81 % of the API calls of 24 hours are used, apiReserve is 20 %` */
export function reserveText({ used, limit }: ApiUsage, reserve: number): string {
  return `${percent(used / limit)} of the API calls of 24 hours are used, apiReserve is ${percent(reserve)}`
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`
