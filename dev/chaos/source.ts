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
  /** Whether the org holds it as the row has it: then it is not sent. */
  readonly same: boolean
}

/** Every such row names a parent that does not exist. */
const FLAWED_EVERY = 50
const FLAWED = 7
/** Every such row of an update or a deletion has a key that no record has. */
const MISSING_EVERY = 70
const MISSING = 11
/** Of a load that sends what has changed, every such row is as the org holds it. */
const SAME_EVERY = 3
/** In creates without a unique field, every such row equals the one before it. */
const EQUAL_EVERY = 10

export const VALUE_BEFORE = 'before'

export function rowsOf({ name, shape, records }: Pick<LoadPlan, 'name' | 'shape' | 'records'>): readonly SourceRow[] {
  return Array.from({ length: records }, (_, index) => {
    const isCopy = shape === 'create' && index % EQUAL_EVERY === EQUAL_EVERY - 1
    return rowAt(name, shape, isCopy ? index - 1 : index)
  })
}

function rowAt(name: string, shape: Shape, index: number): SourceRow {
  const marker = `${name}-${String(index + 1).padStart(6, '0')}`
  const exists = isExisting(shape, index)
  const same = shape.startsWith('changed') && exists && index % SAME_EVERY === 0
  const row = { marker, value: same ? VALUE_BEFORE : `set ${marker}`, exists, same }
  if (!exists && isByKey(shape)) return { ...row, flaw: emailOf(marker) }
  const isFlawed = !isDelete(shape) && !same && index % FLAWED_EVERY === FLAWED
  return isFlawed ? { ...row, flaw: `no-${marker}.` } : row
}

export const isDelete = (shape: Shape): boolean => shape.startsWith('delete')
export const isUpsert = (shape: Shape): boolean => shape.endsWith('upsert')
const isByKey = (shape: Shape): boolean => shape.endsWith('-key')

function isExisting(shape: Shape, index: number): boolean {
  if (isUpsert(shape)) return index % 2 === 0
  if (isByKey(shape)) return index % MISSING_EVERY !== MISSING
  return shape.endsWith('-id')
}

export const emailOf = (marker: string): string => `${marker}@example.com`

const COLUMNS = ['id', 'marker', 'value', 'email', 'account'] as const

/** Header and rows. @param ids of the existing records by marker */
export function cellsOf(rows: readonly SourceRow[], ids: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const cells = rows.map(({ marker, value, flaw, exists }) => {
    const account = flaw === undefined || flaw.includes('@') ? '' : flaw
    return [exists ? (ids.get(marker) ?? '') : '', marker, value, emailOf(marker), account]
  })
  return [COLUMNS, ...cells]
}

const ACCOUNT = { 'Account.Ext_Id__c': 'account' }
const WHOLE = { Ext_Id__c: 'marker', LastName: 'marker', Title: 'value', Email: 'email' }
const UPDATE = { operation: 'update', keyField: 'Email', fields: { Email: 'email', Title: 'value', ...ACCOUNT } }
const UPSERT = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: { ...WHOLE, ...ACCOUNT } }

/** Salesforce field to column of a sync of each shape, and the keys that it adds to the sync. */
export const MAPPINGS: Readonly<Record<Shape, Readonly<Record<string, unknown>>>> = {
  create: { operation: 'create', fields: { LastName: 'marker', Title: 'value', Email: 'email', ...ACCOUNT } },
  'create-unique': { operation: 'create', fields: { ...WHOLE, ...ACCOUNT } },
  'update-key': UPDATE,
  'update-id': { operation: 'update', fields: { Id: 'id', Title: 'value', ...ACCOUNT } },
  upsert: UPSERT,
  // An undo creates the records again with the fields that are mapped.
  'delete-key': { operation: 'delete', keyField: 'Email', fields: WHOLE },
  'delete-id': { operation: 'delete', fields: { Id: 'id', ...WHOLE } },
  'changed-key': { ...UPDATE, send: 'changed' },
  'changed-upsert': { ...UPSERT, send: 'changed' },
}
