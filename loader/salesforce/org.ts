import { Connection as JsforceConnection } from 'jsforce/lib/connection.js'
import { type CallOptions, OrgTransport } from './jsforceTransport.ts'
import type { OrgRequests } from './orgCall.ts'
import { answerLost } from './rejections.ts'
import type { ConnectionIdentity } from './salesforceConnection.ts'

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
   * Sends and parses one JSON request. `read` gives undefined for an answer that is not of the expected shape: that answer counts as lost,
   * since jsforce hands a body it cannot parse on as a string, silently.
   */
  json<Result>(call: JsonCall, read: (body: unknown) => Result | undefined): Promise<Result>
}

export function openOrg(place: Pick<ConnectionIdentity, 'instanceUrl' | 'apiVersion'>, requests: OrgRequests): Org {
  const jsforce = new JsforceConnection({ instanceUrl: place.instanceUrl, version: place.apiVersion })
  jsforce._transport = new OrgTransport(requests)
  const root = `/services/data/v${place.apiVersion}`
  return {
    root,
    requests,
    async json(call, read) {
      const { method = 'GET', path, headers, body, ...options } = call
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await jsforce.request({ method, url: path, headers: { ...type, ...headers }, ...sent }, options)
      const result = read(answer)
      if (result !== undefined) return result
      const facts = { action: call.action, method, path: absolute(root, path) }
      throw answerLost(facts, { reason: 'the answer is not of the form that Salesforce documents' })
    },
  }
}

/** Without query string: it may hold record values. */
function absolute(root: string, path: string): string {
  const [bare = path] = path.split('?')
  return bare.startsWith('/services/') ? bare : root + bare
}
