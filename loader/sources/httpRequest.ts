import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'

/** Milliseconds without a byte after which a server counts as gone. */
const IDLE_MS = 60_000

const HEADERS = { accept: 'text/csv, */*;q=0.5', 'accept-encoding': 'identity', 'user-agent': 'salesforce-link' }

/** Resolves when the answer begins. Certificates are checked against those of Node and NODE_EXTRA_CA_CERTS. Throws Node's errors. */
export function requestFile(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    // A connection of its own: a kept one may be closed at the moment it is used.
    const request = get(url, { headers: HEADERS, agent: false, timeout: IDLE_MS }, resolve)
    request.on('timeout', () => {
      request.destroy(Object.assign(new Error(`No byte for ${IDLE_MS / 1000} s`), { code: 'ETIMEDOUT' }))
    })
    request.on('error', reject)
  })
}

/** Whether the body ends with the connection only, so that a cut can't be told from its end. */
export function isUnbounded({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}
