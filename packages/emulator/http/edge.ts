import { type Answer, html } from './answer.ts'

/** Bytes that a URI may have, and that it and the headers may have together. */
const MAX_BYTES = 16_384

function badMessage(status: number, reason: string): Answer {
  return html(status, `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`)
}

/**
 * What the edge in front of an org answers to a request that it does not pass on: a page, not JSON. Undefined when it lets it through.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
export function edgeRejection(uri: string, rawHeaders: readonly string[]): Answer | undefined {
  const uriBytes = Buffer.byteLength(uri)
  if (uriBytes > MAX_BYTES) return badMessage(414, 'URI Too Long')
  // Each header comes with a colon, a blank and a line end; names and values alternate.
  const headerBytes = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0)
  return uriBytes + headerBytes > MAX_BYTES ? badMessage(431, 'Request Header Fields Too Large') : undefined
}
