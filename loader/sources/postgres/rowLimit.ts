import type { Socket } from 'node:net'
import { MAX_RECORD_LENGTH } from '../../csv/csvScanner.ts'

/** Thrown when a row has more bytes than a record may have characters. */
export class RowTooLargeError extends Error {
  override readonly name = 'RowTooLargeError' as const

  constructor() {
    super(`a row has more than ${MAX_RECORD_LENGTH} bytes`)
  }
}

/** Bytes before the content of a message: its type, and its length without the type. */
const HEADER = 5

/**
 * Ends the connection at the beginning of a row that is too large: pg would collect all of it, up to a gigabyte. Call it between two messages.
 * https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-MESSAGE-CONCEPTS
 */
export function limitRows(socket: Socket): void {
  let left = 0
  let cut: Buffer = Buffer.alloc(0)
  socket.prependListener('data', (chunk: Buffer) => {
    let at = left
    const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk
    while (at + HEADER <= bytes.length) {
      const length = bytes.readUInt32BE(at + 1)
      if (length > MAX_RECORD_LENGTH) {
        socket.destroy(new RowTooLargeError())
        return
      }
      at += 1 + length
    }
    left = Math.max(0, at - bytes.length)
    cut = at < bytes.length ? bytes.subarray(at) : cut.subarray(0, 0)
  })
}
