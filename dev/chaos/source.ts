// The records of a load. A marker in LastName names each row in the org, and a value in Title shows whether it was written.
import type { LoadPlan, Shape } from './plan.ts'

export type SourceRow = {
  /** The same for equal rows; no other load has it. */
  readonly marker: string
  /** In the org only when this load has written the record. */
  readonly value: string
  /** Present when the org rejects the row: its error message names this text, which no other row has. */
  readonly flaw?: string
  /** Whether the record exists before the load. */
  readonly exists: boolean
}

/** Every such row names a parent that does not exist. */
const FLAWED_EVERY = 50
const FLAWED = 7
/** Every such row of an update has a key that no record has. */
const MISSING_EVERY = 70
const MISSING = 11
/** In creates without a unique field, every such row equals the one before it. */
const EQUAL_EVERY = 10

export const VALUE_BEFORE = 'before'

export function rowsOf({ name, shape, records }: LoadPlan): readonly SourceRow[] {
  return Array.from({ length: records }, (_, index) => {
    const isCopy = shape === 'create' && index % EQUAL_EVERY === EQUAL_EVERY - 1
    return rowAt(name, shape, isCopy ? index - 1 : index)
  })
}

function rowAt(name: string, shape: Shape, index: number): SourceRow {
  const marker = `${name}-${String(index + 1).padStart(6, '0')}`
  const row = { marker, value: `set ${marker}`, exists: isExisting(shape, index) }
  if (isExisting(shape, index) || !isUpdate(shape)) {
    return index % FLAWED_EVERY === FLAWED ? { ...row, flaw: `no-${marker}.` } : row
  }
  return { ...row, flaw: emailOf(marker) }
}

const isUpdate = (shape: Shape): boolean => shape === 'update-key' || shape === 'update-id'

function isExisting(shape: Shape, index: number): boolean {
  if (shape === 'upsert') return index % 2 === 0
  if (shape === 'update-key') return index % MISSING_EVERY !== MISSING
  return shape === 'update-id'
}

export const emailOf = (marker: string): string => `${marker}@example.com`

const COLUMNS = 'id,marker,value,email,account'

/** @param ids of the existing records by marker */
export function csvOf(rows: readonly SourceRow[], ids: ReadonlyMap<string, string>): string {
  const lines = rows.map(({ marker, value, flaw, exists }) => {
    const account = flaw === undefined || flaw.includes('@') ? '' : flaw
    return [exists ? (ids.get(marker) ?? '') : '', marker, value, emailOf(marker), account].join(',')
  })
  return `${[COLUMNS, ...lines].join('\n')}\n`
}

/** Salesforce field to column of a sync of each shape, and the keys that it adds to the sync. */
export const MAPPINGS: Readonly<Record<Shape, Readonly<Record<string, unknown>>>> = {
  create: { operation: 'create', fields: { LastName: 'marker', Title: 'value', Email: 'email', ...account() } },
  'create-unique': {
    operation: 'create',
    fields: { Ext_Id__c: 'marker', LastName: 'marker', Title: 'value', Email: 'email', ...account() },
  },
  'update-key': { operation: 'update', keyField: 'Email', fields: { Email: 'email', Title: 'value', ...account() } },
  'update-id': { operation: 'update', fields: { Id: 'id', Title: 'value', ...account() } },
  upsert: {
    ...{ operation: 'upsert', externalIdField: 'Ext_Id__c' },
    fields: { Ext_Id__c: 'marker', LastName: 'marker', Title: 'value', Email: 'email', ...account() },
  },
}

function account(): Readonly<Record<string, string>> {
  return { 'Account.Ext_Id__c': 'account' }
}
