// Texts that reach Temporal: its limits are in bytes, and it accepts no half of a surrogate pair.

/** Returns the text, or as much of its beginning as leaves room for an ellipsis. Workflows have no Buffer. */
export function cutToBytes(text: string, limit: number): string {
  // A character takes at least one byte: more characters than the limit are never needed.
  const formed = text.slice(0, limit + 1).toWellFormed()
  if (text.length <= limit && bytesOf(formed) <= limit) return formed
  let bytes = bytesOf('…')
  let cut = ''
  for (const character of formed) {
    bytes += bytesOf(character)
    if (bytes > limit) break
    cut += character
  }
  return `${cut}…`
}

function bytesOf(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += 1 + Number(point > 0x7f) + Number(point > 0x7ff) + Number(point > 0xffff)
  }
  return bytes
}

/** Bytes of a failure's message: Temporal rejects a failure of 4 MB and ends a workflow whose failure has 2 MB. */
const MESSAGE_BYTES = 4_000

/** Bytes of a failure's type; types are names of classes. */
const TYPE_BYTES = 200

/** The message of a failure, cut to what Temporal stores and a person reads. */
export const failureMessage = (message: string): string => cutToBytes(message, MESSAGE_BYTES)

export const failureType = (type: string): string => cutToBytes(type, TYPE_BYTES)
