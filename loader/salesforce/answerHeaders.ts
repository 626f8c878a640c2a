import type { IncomingHttpHeaders } from 'node:http'
import type { ApiUsage } from './salesforceConnection.ts'

/**
 * `api-usage=18/5000`, possibly with `; per-app-api-usage=17/250(appName=sample-app)` behind it.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 */
export function apiUsageOf(headers: IncomingHttpHeaders): ApiUsage | undefined {
  const stated = headers['sforce-limit-info']
  const found = typeof stated === 'string' ? /(?:^|[;\s])api-usage=(\d+)\/(\d+)/.exec(stated) : null
  return found ? { used: Number(found[1]), limit: Number(found[2]) } : undefined
}

/** Milliseconds that the answering clock is ahead of `now`, to the second; `Date` headers are cut to whole seconds, hence the half second. */
export function clockOffsetOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const stated = Date.parse(headers.date ?? '')
  return Number.isNaN(stated) ? undefined : Math.round((stated + 499 - now) / 1000) * 1000 || 0
}
