import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { standardHeaders } from './standardHeaders.ts'

/** How an answer is sent when a fault on demand is about it. */
export type Delivery = { readonly cutAfterBytes: number | undefined }

const bodyless = (status: number) => status === 204 || status === 304

const roomOrClose = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const settle = () => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.on('drain', settle)
    response.on('close', settle)
  })

/** Writes a piece and waits until there is room for the next. False when the caller is gone. */
const write = async (response: ServerResponse, piece: Buffer): Promise<boolean> => {
  if (response.destroyed) return false
  if (!response.write(piece)) await roomOrClose(response)
  return !response.destroyed
}

/** Sends the first bytes of a body and breaks the connection when they have gone out. */
const sendCut = async (response: ServerResponse, pieces: Iterable<Buffer>, bytes: number): Promise<void> => {
  let left = bytes
  response.flushHeaders()
  for (const piece of pieces) {
    if (left <= 0 || !(await write(response, piece.subarray(0, left)))) break
    left -= piece.length
  }
  // What was written must leave before the connection does.
  await new Promise(resolve => setTimeout(resolve, 20))
  response.destroy()
}

/** Sends an answer with the headers that all answers have. */
export const sendAnswer = async (
  response: ServerResponse,
  { status, headers = {}, body }: Answer,
  now: number,
  { cutAfterBytes }: Delivery,
): Promise<void> => {
  if (response.destroyed) return
  response.statusCode = status
  for (const [name, value] of Object.entries({ ...standardHeaders(now), ...headers })) response.setHeader(name, value)
  const hasBody = body !== undefined && !bodyless(status)
  if (!hasBody) response.removeHeader('content-type')
  const pieces = hasBody && typeof body !== 'string' ? body : [Buffer.from(hasBody ? (body as string) : '')]
  if (typeof body === 'string' && hasBody) response.setHeader('content-length', Buffer.byteLength(body))
  if (cutAfterBytes !== undefined) return sendCut(response, pieces, cutAfterBytes)
  for (const piece of pieces) if (piece.length > 0 && !(await write(response, piece))) return
  response.end()
}
