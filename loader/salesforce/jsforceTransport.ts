import { PassThrough } from 'node:stream'
import { Transport } from 'jsforce/lib/transport.js'
import type { HttpRequest, HttpResponse } from 'jsforce/lib/types/index.js'
import { StreamPromise } from 'jsforce/lib/util/promise.js'
import type { AnswerHeaders, OrgRequests } from './orgCall.ts'

/** What travels beside a request through jsforce, which hands the options of a call on to its transport. */
export type CallOptions = { readonly action: string; readonly signal?: AbortSignal }

const NO_BODY: readonly string[] = ['GET', 'HEAD', 'DELETE']

/** Of other types, jsforce parses XML and CSV, and throws its parsers' errors. All of the API that is asked for here is JSON. */
function asJsonOrText({ 'content-type': type = '', ...headers }: AnswerHeaders): AnswerHeaders {
  return { ...headers, 'content-type': type.startsWith('application/json') ? type : 'text/plain' }
}

/**
 * The wire under jsforce. jsforce's own (3.10.26) cannot be trusted with it: an answer cut half-way ends the process, redirects are followed
 * as GET, a body that stalls waits for ever, 401s are renewed without end, and its errors do not know the HTTP status. So jsforce
 * builds the requests and reads the answers, and OrgRequests carries them; the token never enters jsforce.
 */
export class OrgTransport extends Transport {
  readonly #requests: OrgRequests

  constructor(requests: OrgRequests) {
    super()
    this.#requests = requests
  }

  override httpRequest(request: HttpRequest, options?: object): StreamPromise<HttpResponse> {
    const { action, signal } = options as CallOptions
    const { pathname, search } = new URL(request.url)
    // Ours counts the bytes itself.
    const { 'content-length': _, ...headers } = request.headers ?? {}
    const body = NO_BODY.includes(request.method) ? {} : { body: String(request.body ?? '') }
    const call = { action, method: request.method, path: pathname, search, headers, ...body, ...(signal && { signal }) }
    const promise = this.#requests
      .text(call)
      .then(({ statusCode, headers: told, text }) => ({ statusCode, headers: asJsonOrText(told), body: text }))
    // jsforce pipes this stream; nobody reads it, and it never fails.
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise }))
  }
}
