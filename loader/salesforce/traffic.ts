import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { TransportFailure } from '../http/networkErrors.ts'
import { ClockChangedError } from './errors.ts'
import type { ApiUsage } from './salesforceConnection.ts'

/** A request as observers see it: no query string, no header, no body. */
export type SeenRequest = {
  readonly connection: string
  readonly method: string
  /** Origin. */
  readonly server: string
  /** The path with `{id}` and `{version}` in place of the parts that differ from call to call. */
  readonly route: string
}

/** The end of a request: `unsent` means that no byte was sent, `lost` that its outcome is unknown. */
export type SeenEnd =
  | { readonly statusCode: number; readonly apiUsage?: ApiUsage }
  | { readonly failure: 'unsent' | 'lost'; readonly code: string }

/** Observes all requests of a connection. It must not throw, and changes nothing. */
export type TrafficObserver = {
  /** Called before a request is sent; the returned function is called once, when the answer's headers arrive or the request fails. */
  readonly onRequest: (request: SeenRequest) => (end: SeenEnd) => void
  /** The body of an answer was cut, or could not be read. */
  readonly onCut: (request: SeenRequest) => void
}

/** Ids of records and jobs, of organisations and users in the identity URL, and versions. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/\/v\d+\.0(?=\/|$)/, '/v{version}'],
  [/\/[a-zA-Z0-9]{18}(?=\/|$)/g, '/{id}'],
  [/\/(?=[a-zA-Z0-9]*\d)[a-zA-Z0-9]{15}(?=\/|$)/g, '/{id}'],
  // Locators of query results end in `-2000`, and hold an Id.
  [/(\/query\/)[^/]+$/, '$1{locator}'],
]

export const routeOf = (path: string): string =>
  PARTS.reduce((route, [pattern, replacement]) => route.replace(pattern, replacement), path)

/** Reports one request to the observer while it is sent. */
export async function observed(
  observer: TrafficObserver | undefined,
  request: Omit<SeenRequest, 'route'> & { readonly path: string },
  send: () => Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  if (observer === undefined) return send()
  const { path, ...seen } = request
  const end = observer.onRequest({ ...seen, route: routeOf(path) })
  try {
    const answer = await send()
    const apiUsage = apiUsageOf(answer.headers)
    end({ statusCode: answer.statusCode ?? 0, ...(apiUsage && { apiUsage }) })
    return answer
  } catch (error) {
    const { sent, code } = error instanceof TransportFailure ? error : { sent: true, code: 'UNKNOWN' }
    end({ failure: sent ? 'lost' : 'unsent', code })
    throw error
  }
}

/**
 * `api-usage=18/5000`, possibly with `; per-app-api-usage=17/250(appName=sample-app)` after it.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 */
export function apiUsageOf(headers: IncomingHttpHeaders): ApiUsage | undefined {
  const stated = headers['sforce-limit-info']
  const found = typeof stated === 'string' ? /(?:^|[;\s])api-usage=(\d+)\/(\d+)/.exec(stated) : null
  return found ? { used: Number(found[1]), limit: Number(found[2]) } : undefined
}

/** Milliseconds for which what an answer stated holds. */
const FRESH = 60_000

/** The usage of the org's API calls, by the latest answer that states it. */
export class OrgUsage {
  #latest: ApiUsage | undefined
  /** By the monotonic clock. */
  #readAt = 0

  get latest(): ApiUsage | undefined {
    return this.#latest
  }

  read(headers: IncomingHttpHeaders): void {
    const usage = apiUsageOf(headers)
    if (usage === undefined) return
    this.#latest = usage
    this.#readAt = performance.now()
  }

  /** undefined if no answer of the last minute stated it: other clients use the org too. */
  recent(): ApiUsage | undefined {
    return performance.now() - this.#readAt < FRESH ? this.#latest : undefined
  }
}

/** Milliseconds that the answering clock is ahead of `now`, to the second; half a second is added because `Date` headers have whole seconds. */
export function clockOffsetOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const stated = Date.parse(headers.date ?? '')
  return Number.isNaN(stated) ? undefined : Math.round((stated + 499 - now) / 1000) * 1000 || 0
}

/** Milliseconds that the two clocks of this process may differ in what passed since the org's clock was read. */
const CLOCK_TOLERANCE = 1_000

/** The org's clock compared with that of this machine, by the latest answer. */
export class OrgClock {
  #offset = 0
  /** By the monotonic clock. */
  #readAt: number | undefined
  /** How far the clock of the machine was ahead of the monotonic one. */
  #lead: number | undefined

  read(headers: IncomingHttpHeaders): void {
    const now = Date.now()
    const offset = clockOffsetOf(headers, now)
    if (offset === undefined) return
    this.#offset = offset
    this.#readAt = performance.now()
    this.#lead = now - this.#readAt
  }

  /** Throws ClockChangedError when the clock of the machine was set since the latest answer, or the machine slept. */
  offset(): number {
    if (this.#wasSet()) throw new ClockChangedError()
    return this.#offset
  }

  /** Whether the offset comes from an answer of the last minute: clocks hardly drift in that time. */
  isFresh(): boolean {
    return this.#readAt !== undefined && performance.now() - this.#readAt < FRESH && !this.#wasSet()
  }

  #wasSet(): boolean {
    const lead = Date.now() - performance.now()
    return this.#lead !== undefined && Math.abs(lead - this.#lead) > CLOCK_TOLERANCE
  }
}
