import { expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { createPlan } from '../../../loader/plan/plan.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { problemLine } from '../../../packages/client/contract/issues.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { CONTACT, PARENTS, planOf, type SpecParts, specOf } from '../../rig/describes.ts'

const SELF = { sync: 'self', by: 'ref', from: 'boss' } as const

const parsed = (given: Partial<SyncSpecInput>, name?: string) =>
  parseSyncSpec(
    {
      ...{ connection: 'c', object: 'Contact', operation: 'create', source: { uri: 'file:x.csv' } },
      fields: { LastName: 'last', ReportsToId: SELF },
      ...given,
    },
    name === undefined ? {} : { name },
  )

const problemsOf = (given: Partial<SyncSpecInput>) => {
  const spec = parsed(given)
  return spec.ok ? [] : spec.problems.map(problemLine)
}

test.each([
  ['upsert', { operation: 'upsert', externalIdField: 'LastName' }, 'this sync has upsert'],
  ['update', { operation: 'update', keyField: 'LastName' }, 'this sync has update'],
  ['an operation column', { operation: { column: 'op' } }, 'this sync has an operation that may differ by row'],
] as const)('parents in the same source are loaded by creates, not by %s', (_, given, words) => {
  expect(problemsOf(given)).toEqual([
    `fields.ReportsToId.sync: self needs operation: create, and ${words}; with an External ID map Relationship.ExternalIdField to column boss, such as Parent.Ext_Id__c`,
  ])
})

test('the column by which rows name each other is the only identity field, or named', () => {
  const fields = { LastName: 'last', ReportsToId: { sync: 'self', from: 'boss' } }
  expect(problemsOf({ fields, identityFields: ['ref'] })).toEqual([])
  expect(problemsOf({ fields, identityFields: ['ref', 'last'] })).toEqual([
    'fields.ReportsToId.by: is missing: name the column by which the rows of the source name each other; only a sync with one identity field may leave it out',
  ])
  const two = { LastName: 'last', ReportsToId: { sync: 'self', from: ['boss', 'site'] } }
  expect(problemsOf({ fields: two, identityFields: ['ref'] })).toEqual([
    'fields.ReportsToId.from: has 2 columns, and rows are named by the identity field ref; give one column, or by',
  ])
})

test('a sync that names itself means its own rows', () => {
  const fields = { LastName: 'last', ReportsToId: { ...SELF, sync: 'people' } }
  expect(parsed({ fields }, 'people')).toMatchObject({ ok: true, spec: { fields: { ReportsToId: { sync: 'self' } } } })
  expect(parsed({ fields }, 'others')).toMatchObject({
    ok: true,
    spec: { fields: { ReportsToId: { sync: 'people' } } },
  })
})

test('only a lookup to the object of the sync has parents in its source', () => {
  const parts: SpecParts = { fields: { LastName: 'last', AccountId: SELF } }
  const planned = createPlan(specOf(parts), CONTACT, PARENTS)
  expect(planned.ok ? [] : planned.problems.map(problemLine)).toEqual([
    'fields.AccountId.sync: AccountId leads to Account, and self means a row of this source, a record of Contact; name the sync that loads the parents',
  ])
})

test('a column that names rows must be in the header', () => {
  const plan = planOf({ fields: { LastName: 'last', ReportsToId: SELF } })
  const compiled = compileMapping(plan, ['last', 'boss'])
  expect(compiled.ok ? [] : compiled.problems).toEqual([
    'fields.ReportsToId.by: column "ref" is not in the header of the source',
  ])
})
