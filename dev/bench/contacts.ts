// The sources of the bench: about a hundred bytes per row, all rows valid.
import { type ContactFile, padded } from '../contacts.ts'

export const OBJECT = 'Contact'

type Column = (index: number) => string

/** Columns of the source, each with its field in Salesforce. */
const COLUMNS: Readonly<Record<string, { readonly field: string; readonly value: Column }>> = {
  first_name: { field: 'FirstName', value: index => `Ana${(index + 1) % 977}` },
  last_name: { field: 'LastName', value: index => `Silva ${index + 1}` },
  email: { field: 'Email', value: index => `ana.${index + 1}@example.com` },
  phone: { field: 'Phone', value: index => `+33 1 ${10_000_001 + index}` },
  title: { field: 'Title', value: () => 'Buyer' },
  city: { field: 'MailingCity', value: index => ((index + 1) % 10 === 0 ? '"Paris, 2e"' : 'Lyon') },
  joined: { field: 'Member_Since__c', value: index => `2024-05-${padded(((index + 1) % 28) + 1, 2)}` },
  score: { field: 'Score__c', value: index => `${(index + 1) % 100}.5` },
  source: { field: 'LeadSource', value: () => 'Web' },
}

/** The mapping of a sync spec. */
export const FIELDS = Object.fromEntries(Object.entries(COLUMNS).map(([column, { field }]) => [field, column]))

/** Columns with the names of a campaign, and a customer id in front. */
export function campaignSource(records: number): ContactFile<string> {
  const columns = Object.entries(COLUMNS).map(([column, { value }]) => [column, value] as const)
  return { records, columns: { customer_id: index => `C-${index + 1}`, ...Object.fromEntries(columns) } }
}

/** Columns with the names of fields, for a client that sends the file as it is. */
export function fieldSource(records: number): ContactFile<string> {
  return { records, columns: Object.fromEntries(Object.values(COLUMNS).map(({ field, value }) => [field, value])) }
}
