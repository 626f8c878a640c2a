import { expect, test } from 'vitest'
import type { ParentTable } from '../../../loader/mapping/parentTable.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { planOf, type SpecParts } from '../../rig/describes.ts'
import { mappedRecords } from '../../rig/mappedRecords.ts'

const ACME = '001000000000001AAA'

const accounts: ParentTable = {
  find: values => {
    const name = values.join('+')
    if (name === 'none') return ''
    return name.startsWith('Acme') ? ACME : { code: 'PARENT_NOT_FOUND', message: `no account ${name}` }
  },
}

const mapped = (parts: SpecParts, csv: string) => mappedRecords(planOf(parts), csv, new Map([['AccountId', accounts]]))

const lookup = { lookup: 'Account', by: 'Name', from: 'company' } as const satisfies SyncSpecInput['fields'][string]

test('the Id of a parent is sent in place of the value that finds it, and a record without a parent is rejected', async () => {
  const fields = { LastName: 'last', AccountId: lookup }
  const records = await mapped({ fields }, 'last,company\nAster,Acme\nBerg,\nCohn,none\nDahl,Nowhere\n')
  expect(records).toMatchObject([
    { row: { cells: ['Aster', ACME] }, line: `Aster,${ACME}\n` },
    { row: { cells: ['Berg', ''] }, line: 'Berg,\n' },
    { row: { cells: ['Cohn', ''] }, line: undefined },
    {
      row: { rejected: true, errorCode: 'PARENT_NOT_FOUND', errorMessage: 'no account Nowhere' },
      line: undefined,
    },
  ])
})

test('several columns find a parent together, and one blank of them is no value', async () => {
  const fields = { LastName: 'last', AccountId: { ...lookup, by: ['Name', 'Ext_Id__c'], from: ['company', 'site'] } }
  const records = await mapped({ fields }, 'last,company,site\nAster,Acme,Berlin\nBerg,,\nCohn,Acme,\n')
  expect(records).toMatchObject([
    { row: { cells: ['Aster', ACME] }, line: `Aster,${ACME}\n` },
    { row: { cells: ['Berg', ''] }, line: 'Berg,\n' },
    {
      row: {
        rejected: true,
        errorMessage:
          'Account ID: column site is blank, and the parent is found by it and company; fill it, or leave all of them blank',
      },
      line: undefined,
    },
  ])
})

test('a parent is part of the key of a record', async () => {
  const fields = { LastName: 'last', AccountId: lookup, Phone: 'phone' }
  const parts: SpecParts = { operation: 'update', keyField: ['LastName', 'AccountId'], fields }
  const [known, unknown, blank] = await mapped(parts, 'last,company,phone\nAster,Acme,1\nBerg,Nowhere,2\nCohn,,3\n')
  expect(known).toMatchObject({ row: { keys: ['Aster', ACME] }, line: `Aster,${ACME},,1\n` })
  expect(unknown).toMatchObject({ row: { rejected: true, errorCode: 'PARENT_NOT_FOUND' }, line: undefined })
  expect(blank).toMatchObject({ row: { rejected: true, errorCode: 'KEY_BLANK' }, line: undefined })
})

test('only a lookup field has a parent', () => {
  expect(() => planOf({ fields: { LastName: lookup } })).toThrow(
    'LastName is of type string, not a lookup field; map it to a column',
  )
  expect(() => planOf({ fields: { LastName: 'last', 'Account.Ext_Id__c': lookup } })).toThrow(
    'lookup and sync find the Id for a field such as AccountId',
  )
})
