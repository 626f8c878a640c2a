import type { QueriedRecord } from '../salesforce/salesforceConnection.ts'

/**
 * The value of a field, or of `Relationship.Field`, in a queried record, as text for the comparison
 * form; blank for null.
 */
export function queriedText(record: QueriedRecord, name: string): string {
  let value: unknown = record
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null) return ''
    value = (value as QueriedRecord)[step]
  }
  return value === null || value === undefined ? '' : String(value)
}
