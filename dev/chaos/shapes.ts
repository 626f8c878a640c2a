// What the loads of the storm do with their rows: one entry for each form of load.
import type { Engine } from './faults.ts'

/** Keys that a sync adds to those that all have; `fields` names columns of `cellsOf`. */
type SyncKeys = { readonly operation: 'create' | 'update' | 'upsert' | 'delete' } & Readonly<Record<string, unknown>>

type ShapeRules = {
  /** Each of a flow's syncs, in order; one for other loads. */
  readonly syncs: readonly [SyncKeys, ...SyncKeys[]]
  /** @default Contact */
  readonly object?: 'Contact' | 'ContentVersion'
  /** Rows whose record is in the org before the load; `most`: the others are flawed, because no record has their key. @default none */
  readonly exists?: 'all' | 'most' | 'half'
  /** Of the rows that exist, those that are not sent. @default none */
  readonly unsent?: 'all' | 'third'
  /** Whether some rows equal the one before them. @default false */
  readonly copies?: boolean
  /** Where the parent of a row is: in the org before the load, in the same source, or in that of the sync before. @default no parents */
  readonly parents?: 'org' | 'source' | 'sync'
  /** @default both */
  readonly engine?: Engine
  /** @default as many records as the storm draws */
  readonly largest?: number
}

/** A row whose `account` no record has is rejected by the org. */
const ACCOUNT = { 'Account.Ext_Id__c': 'account' }
const OPEN = { LastName: 'marker', Title: 'value', Email: 'email' }
const WHOLE = { ...OPEN, Ext_Id__c: 'marker' }
const CREATE = { operation: 'create', fields: { ...OPEN, ...ACCOUNT } } as const
const UPDATE = {
  operation: 'update',
  keyField: 'Email',
  fields: { Email: 'email', Title: 'value', ...ACCOUNT },
} as const
const UPSERT = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: { ...WHOLE, ...ACCOUNT } } as const
const LOOKUP = { lookup: 'Account', by: 'Name', from: 'parent' } as const

const childOf = (sync: string): SyncKeys => ({
  operation: 'create',
  fields: { ...CREATE.fields, ReportsToId: { sync, by: 'marker', from: 'parent' } },
})

export const SHAPES = [
  'create',
  'create-unique',
  'update-key',
  'update-id',
  'upsert',
  'delete-key',
  'delete-id',
  'changed-key',
  'changed-upsert',
  'waves',
  'waves-upsert',
  'lookup',
  'keep',
  'keep-upsert',
  'files',
  'flow',
] as const
export type Shape = (typeof SHAPES)[number]

/** The syncs of the flow, which has a name of its own. */
const FLOW_SYNCS = ['flow-1', 'flow-2', 'flow-3'] as const
export const FLOW = 'flow'

export const RULES: Readonly<Record<Shape, ShapeRules>> = {
  create: { syncs: [CREATE], copies: true },
  'create-unique': { syncs: [{ operation: 'create', fields: { ...WHOLE, ...ACCOUNT } }] },
  'update-key': { syncs: [UPDATE], exists: 'most' },
  'update-id': {
    syncs: [{ operation: 'update', fields: { Id: 'id', Title: 'value', ...ACCOUNT } }],
    exists: 'all',
  },
  upsert: { syncs: [UPSERT], exists: 'half' },
  // An undo creates the records again with the fields that are mapped.
  'delete-key': { syncs: [{ operation: 'delete', keyField: 'Email', fields: WHOLE }], exists: 'most' },
  'delete-id': { syncs: [{ operation: 'delete', fields: { Id: 'id', ...WHOLE } }], exists: 'all' },
  'changed-key': { syncs: [{ ...UPDATE, send: 'changed' }], exists: 'most', unsent: 'third' },
  'changed-upsert': { syncs: [{ ...UPSERT, send: 'changed' }], exists: 'half', unsent: 'third' },
  waves: { syncs: [childOf('self')], parents: 'source' },
  'waves-upsert': {
    syncs: [{ ...UPSERT, fields: { ...UPSERT.fields, 'ReportsTo.Ext_Id__c': 'parent' } }],
    exists: 'half',
    parents: 'source',
  },
  lookup: { syncs: [{ operation: 'create', fields: { ...OPEN, AccountId: LOOKUP } }], copies: true, parents: 'org' },
  keep: { syncs: [{ ...CREATE, keyField: 'Email', existing: 'keep' }], exists: 'half', unsent: 'all' },
  'keep-upsert': { syncs: [{ ...UPSERT, existing: 'keep' }], exists: 'half', unsent: 'all' },
  files: {
    syncs: [
      {
        operation: 'create',
        fields: {
          VersionData: { file: 'file' },
          Title: 'marker',
          Description: 'value',
          FirstPublishLocationId: LOOKUP,
        },
      },
    ],
    ...{ object: 'ContentVersion', engine: 'collections', largest: 200, copies: true, parents: 'org' },
  },
  flow: { syncs: [CREATE, childOf(FLOW_SYNCS[0]), childOf(FLOW_SYNCS[1])], parents: 'sync' },
}

/** Names of the syncs of a load, in order. */
export const syncsOf = (shape: Shape): readonly string[] => (shape === FLOW ? FLOW_SYNCS : [shape])
export const operationOf = (shape: Shape): SyncKeys['operation'] => RULES[shape].syncs[0].operation
export const isDelete = (shape: Shape): boolean => operationOf(shape) === 'delete'
