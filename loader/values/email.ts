import type { FieldDescribe } from '../salesforce/describe.ts'
import { canonicalText, isTooLong } from './text.ts'
import { type FieldConverter, shownValue, tooLong } from './valueProblem.ts'

// Rejects only what is certainly invalid; Salesforce applies the other rules.
const EMAIL = /^[^\s@,;:<>()[\]\\"]+@[^\s@,;:<>()[\]\\".]+(?:\.[^\s@,;:<>()[\]\\".]+)+$/

/** An e-mail address, sent as given. It is compared in lower case, because Salesforce stores it in lower case. */
export function emailConverter(field: FieldDescribe): FieldConverter {
  return raw => {
    const text = canonicalText(raw)
    if (field.length > 0 && isTooLong(text, field.length)) return tooLong(field, text)
    if (EMAIL.test(text)) return text
    return { code: 'INVALID_EMAIL_ADDRESS', message: `${field.label}: invalid email address: ${shownValue(text)}` }
  }
}

export function emailKey(text: string): string {
  return canonicalText(text).toLowerCase()
}
