import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import type { Answer, AnswerBody } from './answer.ts'
import { wireName } from './wireNames.ts'

/** How an answer is sent: compressed if the caller accepts it, and cut when a fault on demand applies. */
export type Delivery = { readonly gzip?: boolean; readonly cutAfterBytes?: number | undefined }

type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>

// Fast rather than small: the emulator and its client run on one machine.
const GZIP_LEVEL = 1

function bodyless(status: number) {
  return status === 204 || status === 304
}

function roomOrClose(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const settle = () => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })
}

/** Writes a piece and waits until the next one can be written. False when the caller has disconnected. */
async function write(response: ServerResponse, piece: Buffer): Promise<boolean> {
  if (response.destroyed) return false
  if (!response.write(piece)) await roomOrClose(response)
  return !response.destroyed
}

/** Resolves when the piece has been sent, or when the connection is closed. */
function writeThrough(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise(resolve => {
    response.write(piece, () => resolve())
  })
}

/** Sends the first bytes of a body, then breaks the connection. */
async function sendCut(response: ServerResponse, pieces: Pieces, bytes: number): Promise<void> {
  let left = bytes
  response.flushHeaders()
  for await (const piece of pieces) {
    if (left <= 0 || response.destroyed) break
    if (piece.length > 0) await writeThrough(response, piece.subarray(0, left))
    left -= piece.length
  }
  await setImmediate()
  response.destroy()
}

function bodyPieces(body: AnswerBody): Iterable<Buffer> {
  return typeof body === 'string' ? [Buffer.from(body)] : body
}

function startBody(response: ServerResponse, body: AnswerBody, gzip: boolean): Pieces {
  if (gzip) {
    response.setHeader('Content-Encoding', 'gzip')
    return Readable.from(bodyPieces(body)).pipe(createGzip({ level: GZIP_LEVEL }))
  }
  if (typeof body === 'string') response.setHeader('Content-Length', Buffer.byteLength(body))
  return bodyPieces(body)
}

/** Sends an answer with the standard headers. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers = {}, body }: Answer,
  now: number,
  { gzip = false, cutAfterBytes }: Delivery,
): Promise<void> {
  if (response.destroyed) return
  response.statusCode = status
  for (const [name, value] of Object.entries({ ...standardHeaders(now), ...headers })) {
    response.setHeader(wireName(name), value)
  }
  const hasBody = body !== undefined && !bodyless(status)
  if (!hasBody) response.removeHeader('content-type')
  const pieces = hasBody ? startBody(response, body, gzip) : []
  if (cutAfterBytes !== undefined) return sendCut(response, pieces, cutAfterBytes)
  for await (const piece of pieces) if (piece.length > 0 && !(await write(response, piece))) return
  response.end()
}

/** The headers of every recorded answer. */
function standardHeaders(now: number): Readonly<Record<string, string | string[]>> {
  const inOneYear = new Date(now + 365 * 24 * 3_600_000).toUTCString()
  const cookie = `BrowserId=5f0emulatorEmulatorOrg; domain=.salesforce.com; path=/; expires=${inOneYear}; Max-Age=31536000`
  return {
    date: new Date(now).toUTCString(),
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
    'x-robots-tag': 'none',
    'cache-control': 'no-cache,must-revalidate,max-age=0,no-store,private',
    'set-cookie': [cookie, `${cookie.replace('BrowserId=', 'BrowserId_sec=')}; secure; SameSite=None`],
    'content-type': 'application/json;charset=UTF-8',
    vary: 'Accept-Encoding',
  }
}
