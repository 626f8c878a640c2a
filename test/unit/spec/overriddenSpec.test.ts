import { expect, test } from 'vitest'
import { overriddenSpec, overridesTo, parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'

function specOf(written: object): SyncSpec {
  const parsed = parseSyncSpec(written)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.spec
}

const plain = { connection: 'org', object: 'Contact', operation: 'create', fields: { LastName: 'last', Ext__c: 'id' } }
const bare = specOf({ ...plain, source: { uri: 'file:a.csv' } })
const full = specOf({
  ...{ ...plain, operation: 'upsert', externalIdField: 'Ext__c', keyField: 'LastName', maxRejected: 5 },
  ...{ source: { uri: 'file:b.csv', delimiter: ';' }, engine: 'bulk', identityFields: ['id'] },
})

test.each([
  [bare, full],
  [full, bare],
])('overrides lead to exactly the spec they were made of, whatever the named sync holds', (named, spec) => {
  expect(specOf(overriddenSpec(named, overridesTo(spec)))).toEqual(spec)
})

test('an override replaces its key alone, and null takes one away', () => {
  const { keyField, ...others } = full
  expect(keyField).toBe('LastName')
  expect(specOf(overriddenSpec(full, { keyField: null, maxRejected: 7 }))).toEqual({ ...others, maxRejected: 7 })
})
