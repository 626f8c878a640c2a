import { trimValue } from './text.ts'
import { type FieldConverter, shownValue, type ValueContext } from './valueProblem.ts'

const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/**
 * The 18-character form of a record Id of 15 or 18 characters; undefined when it is not an Id, or its checksum is wrong.
 * Ids of 15 characters differ by letter case; the last three of 18 encode the case. (Verified on recorded ids.)
 */
function recordId(text: string): string | undefined {
  if (text.length !== 15 && text.length !== 18) return undefined
  let suffix = ''
  for (let start = 0; start < 15; start += 5) {
    let bits = 0
    for (let i = 0; i < 5; i++) {
      const code = text.charCodeAt(start + i)
      const upper = code >= 65 && code <= 90
      if (!upper && !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57)) return undefined
      if (upper) bits |= 1 << i
    }
    suffix += SUFFIX_ALPHABET.charAt(bits)
  }
  if (text.length === 15) return text + suffix
  return text.slice(15).toUpperCase() === suffix ? text.slice(0, 15) + suffix : undefined
}

/** Converts ids to their 18-character form; accepts only ids of one object when its key prefix is given. */
export function recordIdConverter(context: ValueContext, keyPrefix?: string | null): FieldConverter {
  return raw => {
    const text = trimValue(raw)
    const id = recordId(text)
    if (id !== undefined && (!keyPrefix || id.startsWith(keyPrefix))) return id
    return { code: 'MALFORMED_ID', message: `${context.field.label}: id value of incorrect type: ${shownValue(text)}` }
  }
}

/** Salesforce writes 18 characters itself, so only 15 need completing. */
export function recordIdKey(text: string): string {
  const trimmed = trimValue(text)
  if (trimmed.length === 18) return trimmed
  return recordId(trimmed) ?? trimmed
}
