import { type Answer, html } from './answer.ts'

/** Maximum bytes of a URI, and of a URI and the headers together. */
const MAX_BYTES = 16_384

/** A page of the edge. */
export function badMessage(status: number, reason: string): Answer {
  return html(status, `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`)
}

/**
 * The answer of the edge in front of an org to a request that it rejects: a page, not JSON. Undefined when it forwards the request.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
export function edgeRejection(uri: string, rawHeaders: readonly string[]): Answer | undefined {
  const uriBytes = Buffer.byteLength(uri)
  if (uriBytes > MAX_BYTES) return badMessage(414, 'URI Too Long')
  // Each header has a colon, a space and a line end; names and values alternate.
  const headerBytes = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0)
  return uriBytes + headerBytes > MAX_BYTES ? badMessage(431, 'Request Header Fields Too Large') : undefined
}
