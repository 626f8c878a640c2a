import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Secret } from '../../../loader/http/secret.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import type { ConnectionSettings } from '../../../loader/salesforce/settings.ts'
import { listening } from '../../rig/listening.ts'

export const ROOT = '/services/data/v67.0'
const JSON_TYPE = 'application/json;charset=UTF-8'

type Seen = {
  readonly method: string
  /** With query string. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Handler = (seen: Seen, answer: ServerResponse, times: number) => void

export type ScriptedOrg = {
  readonly url: string
  readonly seen: readonly Seen[]
  readonly to: (start: string) => readonly Seen[]
  close(): Promise<void>
}

export const sendJson =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Handler =>
  (_seen, answer) => {
    answer.writeHead(status, { 'content-type': JSON_TYPE, ...headers })
    answer.end(JSON.stringify(body))
  }

export const reject = (status: number, errorCode: string, message: string, fields?: readonly string[]): Handler =>
  sendJson([{ errorCode, message, ...(fields && { fields }) }], status)

/** The handlers in turn; the last one repeats. */
export const inTurn =
  (...handlers: readonly Handler[]): Handler =>
  (seen, answer, times) =>
    handlers[Math.min(times, handlers.length) - 1]?.(seen, answer, times)

export const tokenFor = (url: string, number: number): unknown => ({
  access_token: `00D5e0000000001!AQ${number}.token`,
  instance_url: url,
  id: `${url}/id/00D5e0000000001AAA/0055e0000000001AAA`,
  token_type: 'Bearer',
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

/**
 * A server that sends exactly the answers of a test, cut anywhere. Handlers are found by the start of `METHOD path`, the longest first;
 * logging in and the list of versions work unless scripted otherwise.
 */
export async function startScriptedOrg(script: Readonly<Record<string, Handler>>): Promise<ScriptedOrg> {
  const seen: Seen[] = []
  let url = ''
  const to = (start: string) => seen.filter(one => `${one.method} ${one.url}`.startsWith(start))
  const defaults: Record<string, Handler> = {
    'POST /services/oauth2/token': (one, answer, times) => sendJson(tokenFor(url, times))(one, answer, times),
    'GET /services/data': sendJson([{ label: "Summer '26", url: ROOT, version: '67.0' }]),
    'GET /services/data/': reject(404, 'NOT_FOUND', 'The requested resource does not exist'),
  }
  const handlers = Object.entries({ ...defaults, ...script }).sort(([a], [b]) => b.length - a.length)
  const server: Server = createServer(async (request, answer) => {
    const body = await bodyOf(request).catch(() => undefined)
    if (body === undefined) return
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    seen.push(one)
    const [start = '', handler] = handlers.find(([key]) => `${one.method} ${one.url}`.startsWith(key)) ?? []
    if (handler) handler(one, answer, to(start).length)
    else reject(404, 'NOT_FOUND', `nothing scripted for ${one.method} ${one.url}`)(one, answer, 1)
  })
  const started = await listening(server)
  url = started.url
  return { ...started, seen, to }
}

/** A connection to the scripted org by client credentials. */
export const connectTo = (org: ScriptedOrg, settings: Partial<ConnectionSettings> = {}) =>
  createSalesforceConnection({
    name: 'scripted',
    loginUrl: org.url,
    apiVersion: '67.0',
    auth: { flow: 'client_credentials', clientId: '3MVG9.app', clientSecret: new Secret('consumer-secret-1') },
    ...settings,
  })

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
