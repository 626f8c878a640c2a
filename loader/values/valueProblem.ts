import { visibleText } from '../../packages/client/contract/visibleText.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'

/** Why a source value cannot be sent: a Salesforce status code or one of ours, and the message for results.csv. */
export type ValueProblem = { readonly code: string; readonly message: string }

/**
 * Converts a source value, trimmed and not blank, to the form that is sent. Returns the text itself rather than an
 * object that holds it: this runs for every value of millions of records.
 */
export type FieldConverter = (raw: string) => string | ValueProblem

/** What the message of a problem needs. `column` is empty for a constant. */
export type ValueContext = { readonly field: FieldDescribe; readonly column: string }

// Characters of a value in a message. Salesforce repeats the whole value; 100,000 characters do not help in a message.
const SHOWN = 255

export function shownValue(raw: string): string {
  return visibleText(raw.length > SHOWN ? `${raw.slice(0, SHOWN)}…` : raw)
}

/** `Birthdate: 31.02.2024 is not a date; expected yyyy-MM-dd (column birth_date)`. */
export function notInForm(context: ValueContext, raw: string, what: string, expected: string): ValueProblem {
  const where = context.column === '' ? 'constant in the sync spec' : `column ${context.column}`
  return {
    code: 'INVALID_VALUE',
    message: `${context.field.label}: ${shownValue(raw)} is not ${what}; expected ${expected} (${where})`,
  }
}

/** Salesforce's message for a text longer than its field. */
export function tooLong(field: FieldDescribe, raw: string): ValueProblem {
  return {
    code: 'STRING_TOO_LONG',
    message: `${field.label}: data value too large: ${shownValue(raw)} (max length=${field.length})`,
  }
}
