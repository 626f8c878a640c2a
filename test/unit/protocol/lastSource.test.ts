import { expect, test } from 'vitest'
import { mappingHash } from '../../../loader/protocol/stage/lastSource.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'

function hashOf(given: object): string {
  const base = { connection: 'a', object: 'Contact', operation: 'create', fields: { LastName: 'last', Email: 'mail' } }
  const parsed = parseSyncSpec({ ...base, source: { uri: 'file:a.csv' }, ...given })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return mappingHash(parsed.spec)
}

test.each([
  [{ source: { uri: 'file:b.csv', unchanged: 'skip', waitFor: '1h' } }],
  [{ concurrency: 1, engine: 'bulk', maxRejected: 3, resultColumns: ['id'], escapeFormulas: true }],
  [{ fields: { Email: 'mail', LastName: 'last' } }],
])('a source is loaded by the same mapping with %j', given => {
  expect(hashOf(given)).toBe(hashOf({}))
})

test.each([
  [{ fields: { LastName: 'last', Email: 'other' } }],
  [{ object: 'Lead' }],
  [{ connection: 'b' }],
  [{ blank: 'clear' }],
  [{ formats: { decimalSeparator: ',' } }],
  [{ source: { uri: 'file:a.csv', encoding: 'windows-1252' } }],
])('a source is loaded by another mapping with %j', given => {
  expect(hashOf(given)).not.toBe(hashOf({}))
})

test('a run of a flow does not load a source again because its parents were loaded by another run', () => {
  const fields = { LastName: 'last', AccountId: { sync: 'accounts', by: 'ref', from: 'account' } }
  const [monday, tuesday] = ['accounts.1', 'accounts.2'].map(accounts => hashOf({ fields, parentRuns: { accounts } }))
  expect(monday).toBe(tuesday)
})
