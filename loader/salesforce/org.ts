// jsforce builds requests; this client sends them: OrgConnection overrides `request`, the public method through which jsforce's REST methods
// send, so that deadlines, sessions, retries and errors are ours, and the token never enters jsforce.
// `describe` and `describeGlobal` are jsforce's own. The rest stays ours: jsforce's query stops at 10,000 records by default and trusts
// every page, its upsert rejects the key 0 and its collection calls fan out below API 46.0, its bulk jobs do not pass `request`.
// The whole package would load its clients of other APIs too, with SOAP, streaming and CSV: 6 MB.
import { PassThrough } from 'node:stream'
import { Connection, type HttpRequest, type StreamPromise } from 'jsforce/lib/core.js'
import type { RequestFacts } from './errors.ts'
import type { OrgCall, OrgRequests } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { ConnectionIdentity } from './salesforceConnection.ts'

type CallOptions = Pick<OrgCall, 'action' | 'beforeSend' | 'maxBytes' | 'signal'>

type JsonCall = CallOptions & {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** From the version root (`/query?q=…`) or from the root (`/services/data/…`). */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The org at one API version, as the parts of the client see it. */
export type Org = {
  /** `/services/data/v67.0` */
  readonly root: string
  readonly requests: OrgRequests
  /**
   * Makes one call by jsforce's own methods, which must send one request. `read` returns undefined for an answer that does not have the
   * expected shape: that answer counts as lost.
   */
  ask<Result>(
    options: CallOptions,
    call: (jsforce: Connection) => Promise<unknown>,
    read: (body: unknown) => Result | undefined,
  ): Promise<Result>
  /** Sends and parses one JSON request; `read` as for `ask`. */
  json<Result>(call: JsonCall, read: (body: unknown) => Result | undefined): Promise<Result>
}

type Version = Pick<ConnectionIdentity, 'instanceUrl' | 'apiVersion'>

/** A jsforce connection for one call. */
class OrgConnection extends Connection {
  readonly #requests: OrgRequests
  readonly #options: CallOptions
  /** The request that was sent; without its query string, which may hold record values. */
  facts: RequestFacts

  constructor({ instanceUrl, apiVersion }: Version, requests: OrgRequests, options: CallOptions) {
    super({ instanceUrl, version: apiVersion })
    this.#requests = requests
    this.#options = options
    this.facts = { action: options.action, method: 'GET', path: `/services/data/v${apiVersion}` }
  }

  override request<Result>(request: string | HttpRequest): StreamPromise<Result> {
    const asked: HttpRequest = typeof request === 'string' ? { method: 'GET', url: request } : request
    const { pathname, search } = this.#addressOf(asked.url)
    this.facts = { action: this.#options.action, method: asked.method, path: pathname }
    const call: OrgCall = {
      ...this.#options,
      ...this.facts,
      search,
      ...(asked.headers && { headers: asked.headers }),
      ...(typeof asked.body === 'string' && { body: asked.body }),
    }
    // The type of jsforce wants a stream too; no method used here reads it.
    return Object.assign(this.#requests.json(call) as Promise<Result>, { stream: () => new PassThrough() })
  }

  /** jsforce takes paths from the root, from the version root, and whole URLs. */
  #addressOf(url: string): URL {
    const root = url.startsWith('/services/') ? '' : `/services/data/v${this.version}`
    return new URL(url.startsWith('/') ? root + url : url, this.instanceUrl)
  }
}

export function openOrg(version: Version, requests: OrgRequests): Org {
  const ask: Org['ask'] = async (options, call, read) => {
    const jsforce = new OrgConnection(version, requests, options)
    const result = read(await call(jsforce))
    if (result !== undefined) return result
    throw answerLost(jsforce.facts, { reason: 'the answer does not have the form that Salesforce documents' })
  }
  return {
    root: `/services/data/v${version.apiVersion}`,
    requests,
    ask,
    json({ method = 'GET', path, headers, body, ...options }, read) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const request = { method, url: path, headers: { ...type, ...headers }, ...sent }
      return ask(options, jsforce => jsforce.request(request), read)
    },
  }
}
