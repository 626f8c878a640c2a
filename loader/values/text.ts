import type { FieldDescribe } from '../salesforce/describe.ts'
import { type ByteCheck, type CheckContext, textCheck } from './byteCheck.ts'
import { type FieldConverter, shownValue, tooLong } from './valueProblem.ts'

const CARRIAGE_RETURNS = /\r\n?/g

/** Trims what Salesforce would trim at both ends, so that the stored value equals the value sent. */
export function trimValue(text: string): string {
  if (text === '') return text
  if (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1))) return text
  // Loops, because a regular expression tries each blank inside the text as the first of those at its end.
  let start = 0
  let end = text.length
  while (start < end && isOuterBlank(text.charCodeAt(start))) start++
  while (end > start && isOuterBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Whether the trimmed text is empty: such a source value counts as blank. */
export function isBlank(text: string): boolean {
  return text === '' || (!isPlain(text.charCodeAt(0)) && trimValue(text) === '')
}

const isPlain = (code: number): boolean => code > 0x20 && code < 0xa0

/** Control characters, which Salesforce trims as Java does, and the blanks that JavaScript trims. */
const isOuterBlank = (code: number): boolean => code <= 0x20 || (code >= 0xa0 && BLANKS.has(code))

const BLANKS: ReadonlySet<number> = new Set([
  ...[0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
  ...Array.from({ length: 11 }, (_, index) => 0x2000 + index),
])

/** Letters composed of several characters are beyond this range. */
const MAYBE_COMPOSED = /[\u0300-\uFFFF]/

/**
 * Text as it is sent and as it is compared: trimmed, line breaks as LF, in Unicode form NFC. A Bulk job declares one line
 * ending, and a carriage return in a value fails the whole job when it differs. A file of a Mac may have "ü" as two characters,
 * which Salesforce would not find by the one character that it stores.
 */
export function canonicalText(text: string): string {
  const trimmed = trimValue(text)
  const composed = MAYBE_COMPOSED.test(trimmed) ? trimmed.normalize('NFC') : trimmed
  return composed.includes('\r') ? composed.replace(CARRIAGE_RETURNS, '\n') : composed
}

/** Text of at most the field's length. */
export function textConverter(field: FieldDescribe): FieldConverter {
  const { length } = field
  if (length === 0) return canonicalText
  return raw => {
    const text = canonicalText(raw)
    return isTooLong(text, length) ? tooLong(field, text) : text
  }
}

/** Counts characters beyond the basic plane once; Salesforce decides the doubtful cases. */
export function isTooLong(text: string, length: number): boolean {
  if (text.length <= length) return false
  return text.length > 2 * length || [...text].length > length
}

// Rejects only what is certainly invalid; Salesforce applies the other rules.
const EMAIL =
  /^[^\s\p{Cc}\p{Cf}@,;:<>()[\]\\"]+@[^\s\p{Cc}\p{Cf}@,;:<>()[\]\\".]+(?:\.[^\s\p{Cc}\p{Cf}@,;:<>()[\]\\".]+)+$/u

/** An e-mail address, sent as given. It is compared in lower case, because Salesforce stores it in lower case. */
export function emailConverter(field: FieldDescribe): FieldConverter {
  return raw => {
    const text = canonicalText(raw)
    if (field.length > 0 && isTooLong(text, field.length)) return tooLong(field, text)
    if (EMAIL.test(text)) return text
    return { code: 'INVALID_EMAIL_ADDRESS', message: `${field.label}: invalid email address: ${shownValue(text)}` }
  }
}

const AT = 64
const DOT = 46
const NOT_IN_EMAIL = Uint8Array.from({ length: 256 }, (_, byte) =>
  ' @,;:<>()[]\\"'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

/** The addresses in ASCII that `emailConverter` accepts. */
export function emailCheck(context: CheckContext): ByteCheck {
  const fits = textCheck(context)
  return (bytes, start, end) => {
    let at = start
    while (at < end && NOT_IN_EMAIL[bytes[at] as number] === 0) at++
    if (at === start || bytes[at] !== AT || at >= end) return false
    let labelStart = at + 1
    let labels = 1
    for (at = labelStart; at < end; at++) {
      const byte = bytes[at] as number
      if (NOT_IN_EMAIL[byte] !== 0) return false
      if (byte !== DOT) continue
      if (at === labelStart) return false
      labelStart = at + 1
      labels += 1
    }
    return labels > 1 && labelStart < end && fits(bytes, start, end)
  }
}

export function emailKey(text: string): string {
  return canonicalText(text).toLowerCase()
}
