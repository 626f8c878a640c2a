import type { SyncPlan } from '../plan/syncPlan.ts'

/** Salesforce's words for a text that is not in the lists of states and countries. */
const NOT_LISTED = /There's a problem with this (?:state|country)/

/** Compiles the advice for records whose state or country was rejected: the text fields take one spelling only. */
export function compilePlaceAdvice({ fields }: SyncPlan): (message: string) => string {
  const codes = fields.flatMap(({ codeField }) => codeField ?? [])
  if (codes.length === 0) return message => message
  const advice = `to load codes, or names in the language of the integration user, map ${codes.join(' and ')}`
  return message => (NOT_LISTED.test(message) ? `${message}; ${advice}` : message)
}
