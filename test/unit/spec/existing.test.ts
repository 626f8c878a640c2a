// existing: which operations it is for, and what it needs.
import { expect, test } from 'vitest'
import { isRunOf, parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { specOf } from '../../rig/describes.ts'

const BASE = {
  connection: 'production',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/contacts.csv' },
  fields: { LastName: 'last', Email: 'mail', Ext_Id__c: 'ext' },
} as const satisfies SyncSpecInput

type Parts = Partial<Record<keyof SyncSpecInput, unknown>>

const COLUMN = { operation: { column: 'op' } } as const
const UPSERT = { operation: 'upsert', externalIdField: 'Ext_Id__c' } as const

test.each<[string, Parts]>([
  ['a create by a key', { existing: 'keep', keyField: 'Email' }],
  [
    'a create by several keys that meet conditions',
    { existing: 'keep', keyField: ['Email', 'LastName'], match: { where: "Title = 'x'" } },
  ],
  ['an upsert', { ...UPSERT, existing: 'keep' }],
  ['an operation column', { ...COLUMN, existing: 'keep', keyField: 'Email', hardDelete: true }],
  ['a mirror that deletes', { ...UPSERT, existing: 'keep', missing: 'delete', scope: "Title = 'x'" }],
  [
    'an update',
    { operation: 'update', existing: 'fill-blanks', keyField: 'Email', send: 'changed', blank: 'clear', undo: true },
  ],
  ['an upsert that fills', { ...UPSERT, existing: 'fill-blanks' }],
  ['an operation column that fills', { ...COLUMN, existing: 'fill-blanks', keyField: 'Email' }],
])('existing is for %s', (_, parts) => {
  const parsed = parseSyncSpec({ ...BASE, ...parts })
  expect(parsed.ok || parsed.problems).toBe(true)
})

const IS_MISSING =
  'keyField: is missing: with existing: keep a create needs the fields that find a record, such as Email'

test.each<[string, Parts, readonly string[]]>([
  ['another word', { existing: 'skip' }, ['existing: expected keep or fill-blanks; given "skip"']],
  [
    'keep with update',
    { operation: 'update', keyField: 'Email', existing: 'keep' },
    [
      'existing: keep is for create and upsert, and this sync does update; leave existing out, or set it to fill-blanks, which writes only fields that are blank in the org',
    ],
  ],
  [
    'keep with a deletion past the recycle bin',
    { operation: 'delete', keyField: 'Email', hardDelete: true, existing: 'keep' },
    ['existing: keep is for create and upsert, and this sync does delete; leave existing out'],
  ],
  ['keep without a key', { existing: 'keep' }, [IS_MISSING]],
  [
    'keep with an operation column and no key',
    { ...COLUMN, externalIdField: 'Ext_Id__c', existing: 'keep' },
    [IS_MISSING],
  ],
  [
    'keep by the Id',
    { existing: 'keep', keyField: 'id', fields: { Id: 'id', LastName: 'last' } },
    [
      'keyField: Id finds no record for a create, because a new record has none; with existing: keep name another field',
    ],
  ],
  [
    'keep by a parent that is a row of the source',
    {
      ...{ existing: 'keep', keyField: ['LastName', 'ReportsToId'] },
      fields: { LastName: 'last', ReportsToId: { sync: 'self', by: 'ref', from: 'boss' } },
    },
    [
      'fields.ReportsToId.sync: self gives the Id of a parent after the records were searched for by their keys; leave ReportsToId out of keyField',
    ],
  ],
  [
    'keep by a field that is not mapped',
    { existing: 'keep', keyField: 'Phone' },
    ['keyField: Key field: Phone is not present in data; map it under fields'],
  ],
  [
    'fill-blanks with create',
    { existing: 'fill-blanks' },
    [
      'existing: fill-blanks is for update and upsert, and this sync does create; leave existing out, or set it to keep, with keyField: then only records are created that the org does not have',
    ],
  ],
  [
    'fill-blanks with delete',
    { operation: 'delete', keyField: 'Email', existing: 'fill-blanks' },
    ['existing: fill-blanks is for update and upsert, and this sync does delete; leave existing out'],
  ],
  [
    'a mirror that updates',
    {
      ...{ ...UPSERT, existing: 'fill-blanks', missing: 'update', scope: "Title = 'x'" },
      missingFields: { LastName: { value: 'Gone' } },
    },
    [
      'existing: fill-blanks leaves the values of missingFields in a record that comes back; leave existing out, or set missing to report or delete',
    ],
  ],
  [
    'conditions of an upsert, whose record Salesforce finds',
    { ...UPSERT, existing: 'keep', match: { where: "Title = 'x'" } },
    [
      'match: narrows what update and delete find, and this sync does upsert; leave match out, or load with operation: update',
    ],
  ],
])('names the remedy for %s', (_, parts, expected) => {
  const parsed = parseSyncSpec({ ...BASE, ...parts })
  const problems = parsed.ok ? [] : parsed.problems
  expect(problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(expected)
})

test('a run that leaves existing records is not one of a sync that overwrites them', () => {
  const parts = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: BASE.fields } as const
  expect(isRunOf(specOf(parts), specOf({ ...parts, existing: 'keep' }))).toBe(false)
})
