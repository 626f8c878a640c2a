// The sources of the bench: about a hundred bytes per row, all rows valid.
import { type ContactFile, padded } from '../contacts.ts'

export const OPERATIONS = ['create', 'update', 'upsert'] as const
export type Operation = (typeof OPERATIONS)[number]

export const OBJECT = 'Contact'

/** The field that finds the records of an update: not unique, as in most orgs. */
export const KEY_FIELD = 'Email'
export const EXTERNAL_ID_FIELD = 'Ext_Id__c'

type Column = (index: number) => string

const customerId: Column = index => `C-${index + 1}`

/** What every record has after a load, and none before it. */
export const LOADED_TITLE = 'Buyer'

export const emailOf: Column = index => `ana.${index + 1}@example.com`
export const lastNameOf: Column = index => `Silva ${index + 1}`

/** Columns of the source, each with its field in Salesforce. */
const COLUMNS: Readonly<Record<string, { readonly field: string; readonly value: Column }>> = {
  first_name: { field: 'FirstName', value: index => `Ana${(index + 1) % 977}` },
  last_name: { field: 'LastName', value: lastNameOf },
  email: { field: KEY_FIELD, value: emailOf },
  phone: { field: 'Phone', value: index => `+33 1 ${10_000_001 + index}` },
  title: { field: 'Title', value: () => LOADED_TITLE },
  city: { field: 'MailingCity', value: index => ((index + 1) % 10 === 0 ? '"Paris, 2e"' : 'Lyon') },
  joined: { field: 'Member_Since__c', value: index => `2024-05-${padded(((index + 1) % 28) + 1, 2)}` },
  score: { field: 'Score__c', value: index => `${(index + 1) % 100}.5` },
  source: { field: 'LeadSource', value: () => 'Web' },
}

/** The parts of a sync spec that depend on the operation. */
export function syncOf(operation: Operation) {
  const fields = Object.fromEntries(Object.entries(COLUMNS).map(([column, { field }]) => [field, column]))
  return {
    operation,
    fields: operation === 'upsert' ? { [EXTERNAL_ID_FIELD]: 'customer_id', ...fields } : fields,
    ...(operation === 'update' && { keyField: KEY_FIELD }),
    ...(operation === 'upsert' && { externalIdField: EXTERNAL_ID_FIELD }),
  }
}

/** Columns with the names of a campaign, and a customer id in front. */
export function campaignSource(records: number): ContactFile<string> {
  const columns = Object.entries(COLUMNS).map(([column, { value }]) => [column, value] as const)
  return { records, columns: { customer_id: customerId, ...Object.fromEntries(columns) } }
}

/** Columns with the names of fields, from the record with this index on. */
export function fieldSource(operation: Operation, records: number, first = 0): ContactFile<string> {
  const values = Object.values(COLUMNS).map(({ field, value }) => [field, value] as const)
  const named = operation === 'upsert' ? [[EXTERNAL_ID_FIELD, customerId] as const, ...values] : values
  return {
    records,
    columns: Object.fromEntries(named.map(([field, value]) => [field, (index: number) => value(first + index)])),
  }
}

/** Of so many contacts one differs from the source, in its title. */
export const CHANGED_EACH = 100

/** The contacts of the source as the org has them before a load that sends what changed. */
export function lastNightsContacts(records: number, first = 0): ContactFile<string> {
  const { columns } = fieldSource('upsert', records, first)
  const title: Column = index => ((first + index) % CHANGED_EACH === 0 ? 'Prospect' : LOADED_TITLE)
  return { records, columns: { ...columns, Title: title } }
}

/** The contacts that the org has before a load: all of an update, every second one of an upsert. */
export function earlierContacts(operation: Operation, records: number, first = 0): ContactFile<string> | undefined {
  if (operation === 'create') return undefined
  const step = operation === 'upsert' ? 2 : 1
  const at = (index: number) => first + index * step
  return {
    records: Math.ceil(records / step),
    columns: {
      [EXTERNAL_ID_FIELD]: index => customerId(at(index)),
      [KEY_FIELD]: index => emailOf(at(index)),
      LastName: index => `Prospect ${at(index)}`,
      Title: () => 'Prospect',
    },
  }
}
