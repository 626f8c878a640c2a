import { isLoopback, type ProxyChoice } from '../http/agents.ts'
import { type AuthSettings, bindFlow } from './auth/flows.ts'
import type { OpenTokenFiles } from './auth/rotatingToken.ts'
import type { OrgBudget } from './salesforceConnection.ts'
import type { TrafficObserver } from './traffic.ts'

/** All that is needed to reach one org. Holds Secrets only, so it may be inspected. */
export type ConnectionSettings = {
  /** The profile's name in sflink.yaml, for messages. */
  readonly name: string
  /**
   * Where to log in: the org's My Domain, or the general login hosts (not for client_credentials).
   * @default instanceUrl where given, else https://login.salesforce.com
   */
  readonly loginUrl?: string
  /** Where the org is. Needed with the flow access_token; other flows get it at login. */
  readonly instanceUrl?: string
  /** `'67.0'`, or the newest that the org knows. */
  readonly apiVersion: 'latest' | string
  readonly auth: AuthSettings
  /**
   * Milliseconds for one request with its whole answer; progress of an upload restarts the time.
   * @default 600000 (Salesforce ends a REST call after 10 minutes; giving up earlier only makes outcomes unknown)
   */
  readonly requestTimeout?: number
  /** @default 120000 Milliseconds that a download may stall. */
  readonly stallTimeout?: number
  /** Concurrent requests. @default 8 (25 calls of over 20 s are allowed in production, 5 in a Developer org) */
  readonly maxConcurrentRequests?: number
  /** @default no limits */
  readonly budget?: OrgBudget
  /** Names this client in the org's logs (`Sforce-Call-Options`), e.g. `SalesforceLink/0.1.0`. */
  readonly clientName?: string
  /** Observes the requests, for metrics and traces. @default none */
  readonly observer?: TrafficObserver
  /** Where refresh tokens that the org replaces are kept for all workers. @default in memory, for this process alone */
  readonly openTokenFiles?: OpenTokenFiles
  /** The HTTP proxy for an address. @default none */
  readonly proxyFor?: ProxyChoice
}

const DEFAULT_LOGIN_URL = 'https://login.salesforce.com'
export const DEFAULT_REQUEST_TIMEOUT = 600_000
export const DEFAULT_STALL_TIMEOUT = 120_000
export const DEFAULT_MAX_CONCURRENT_REQUESTS = 8

/** An origin without path. */
export const loginUrlOf = (settings: ConnectionSettings): string =>
  new URL(settings.loginUrl ?? settings.instanceUrl ?? DEFAULT_LOGIN_URL).origin

/** Warnings about these settings; lines to print or log. */
export function connectionWarnings(settings: ConnectionSettings): readonly string[] {
  const { protocol, hostname } = new URL(loginUrlOf(settings))
  const open = protocol === 'http:' && !isLoopback(hostname)
  const warnings = [
    bindFlow(settings.auth).warning,
    open ? `${hostname} is reached by http: credentials and records travel unencrypted. Use https.` : undefined,
  ]
  return warnings.filter(warning => warning !== undefined).map(warning => `Connection ${settings.name}: ${warning}`)
}
