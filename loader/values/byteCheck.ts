// Whether the bytes of a source value are sent as they are, so that no string is made of it. What is not certain is left to the converters.
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import type { FieldConverter } from './valueProblem.ts'

/** The bytes from `start` to before `end` are printable ASCII without blanks at the ends, at least one, and do not begin with `#`. */
export type ByteCheck = (bytes: Uint8Array, start: number, end: number) => boolean

export type CheckContext = {
  readonly field: FieldDescribe
  readonly formats: ValueFormats
  /** The first three characters that a record Id must have. */
  readonly keyPrefix: string | null
  /** The converter of the same field. */
  readonly convert: FieldConverter
}

export const neverSent: ByteCheck = () => false

export function textCheck({ field: { length } }: CheckContext): ByteCheck {
  return length === 0 ? () => true : (_, start, end) => end - start <= length
}

/** Compiles the check for the words of a list that the converter leaves as they are. */
export function wordCheck(words: readonly string[], { convert }: CheckContext): ByteCheck {
  const kept = words.filter(word => /^[!-~]+(?: +[!-~]+)*$/.test(word) && convert(word) === word)
  const byForm = Map.groupBy(
    kept.map(word => Buffer.from(word)),
    word => formOf(word, 0, word.length),
  )
  return (bytes, start, end) => {
    const candidates = byForm.get(formOf(bytes, start, end))
    if (candidates === undefined) return false
    for (const word of candidates) if (isEqual(word, bytes, start)) return true
    return false
  }
}

/** A number that few words of a list share: their length, first and last byte. */
const formOf = (bytes: Uint8Array, start: number, end: number): number =>
  ((end - start) << 16) | ((bytes[start] as number) << 8) | (bytes[end - 1] as number)

function isEqual(word: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < word.length; at++) if (word[at] !== bytes[start + at]) return false
  return true
}

const ZERO = 48
const NINE = 57

/** Whether all of the bytes are digits. */
export function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < ZERO || byte > NINE) return false
  }
  return true
}

/** The number that two digits are. */
export const twoDigitsAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO
