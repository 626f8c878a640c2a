// Calls share a run only when no two of their records may be the same.
import { expect, test } from 'vitest'
import { composeRun } from '../../../loader/calls/composeRun.ts'
import type { GivenRecord } from '../../../packages/client/contract/receiveRecords.ts'
import { specOf } from '../../rig/describes.ts'

const LISTED = specOf({
  operation: 'update',
  keyField: ['LastName', 'Email'],
  fields: { LastName: 'last', Email: 'mail', Phone: 'phone' },
})

const called = (id: string, last: string, mail: string) => {
  const records: GivenRecord[] = [{ last, mail, phone: '1' }]
  return { id, records }
}

const idsOf = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id)

test('records of several key fields are the same only when all values are', () => {
  const { together, later } = composeRun(
    [
      called('one', 'Aster', 'a@x.org'),
      called('other name', 'Birch', 'a@x.org'),
      called('other mail', 'Aster', 'b@x.org'),
      called('same', 'ASTER ', 'A@x.org'),
      called('blank', 'Aster', ''),
    ],
    LISTED,
  )
  expect(idsOf(together)).toEqual(['one', 'other name', 'other mail', 'blank'])
  expect(idsOf(later)).toEqual(['same'])
})

test('values that the sync translates into one key are the same', () => {
  const spec = specOf({
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { LastName: 'last', Ext_Id__c: { column: 'mail', values: { old: 'X1' }, unlisted: 'keep' } },
  })
  const calls = [called('old', 'Aster', 'OLD'), called('new', 'Aster', 'x1'), called('other', 'Birch', 'X2')]
  const { together, later } = composeRun(calls, spec)
  expect([idsOf(together), idsOf(later)]).toEqual([['old', 'other'], ['new']])
})

test('no record gets a parent from another call', () => {
  const fields = { LastName: 'last', ReportsToId: { sync: 'self', by: 'mail', from: 'phone' } }
  const calls = [called('one', 'Aster', '1'), called('two', 'Birch', '2'), called('three', 'Cohn', '3')]
  const { together, later } = composeRun(calls, specOf({ fields }))
  expect([idsOf(together), idsOf(later)]).toEqual([['one'], ['two', 'three']])
})
