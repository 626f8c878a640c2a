// UTF-8 that a program has read in another encoding and saved again: "MÃ¼ller" for "Müller".

const LETTER_BYTES = Uint8Array.from({ length: 0x80 }, (_, index) => 0x80 + index)

/** The byte of each character of windows-1252 beyond ASCII. */
const BYTE_OF = new Map(
  [...new TextDecoder('windows-1252').decode(LETTER_BYTES)].map((one, index) => [one, 0x80 + index]),
)

/** Characters that would begin a character of two or three bytes, followed by others beyond ASCII. */
const CANDIDATE = /[\u00C2-\u00EF][\u0080-\u00BF\u0152-\u0192\u02C6-\u2122]{1,2}/g

/** On a Mac, "Ã" is "√" and "â€" is "‚Ä". */
const FROM_MAC = /√[\u00A1-\u00FF\u0192-\u22A5]|‚Ä[\u00A1-\u2211]/

/**
 * What people write, of the characters that UTF-8 has two or three bytes for. Others are left out: "É”" and "À «" are text, although
 * their bytes would be UTF-8.
 */
const WRITTEN =
  /[\u00A0-\u017F\u0192\u0386-\u03CE\u0401\u0410-\u044F\u0451\u05D0-\u05EA\u0621-\u064A\u2010-\u2044\u20AC\u2122\u3001-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF5E]/

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Whether a text has letters that were read in the wrong encoding. */
export const isMojibake = (text: string): boolean => FROM_MAC.test(text) || misreadUtf8(text) >= 0

/** Position of the first letter of UTF-8 that was read as windows-1252; -1 without one. */
export function misreadUtf8(text: string): number {
  for (const { 0: found, index } of text.matchAll(CANDIDATE)) {
    const bytes = [...found].flatMap(character => BYTE_OF.get(character) ?? [])
    const size = (bytes[0] ?? 0) < 0xe0 ? 2 : 3
    const character = bytes.length < size ? '' : decoded(bytes.slice(0, size))
    if (WRITTEN.test(character)) return index
  }
  return -1
}

/** Blank for bytes that are not UTF-8. */
function decoded(bytes: readonly number[]): string {
  try {
    return utf8.decode(Uint8Array.from(bytes))
  } catch (error) {
    if (error instanceof TypeError) return ''
    throw error
  }
}
