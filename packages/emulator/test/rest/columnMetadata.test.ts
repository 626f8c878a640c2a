import { expect } from 'vitest'
import { test } from '../emulatorTest.ts'

function columnsOf(soql: string) {
  return `/query?columns=true&q=${encodeURIComponent(soql)}`
}

test('columns=true answers the columns of a query, which sf data query asks for first', async ({ api }) => {
  const soql = 'SELECT Id, Score__c, Account.Owner.Name, CreatedDate FROM Contact'
  expect((await api.get(columnsOf(soql))).body).toEqual({
    columnMetadata: [
      {
        aggregate: false,
        apexType: 'Id',
        booleanType: false,
        columnName: 'Id',
        custom: false,
        displayName: 'Id',
        foreignKeyName: null,
        insertable: false,
        joinColumns: [],
        numberType: false,
        textType: true,
        updatable: false,
      },
      expect.objectContaining({ columnName: 'Score__c', apexType: 'Double', custom: true, numberType: true }),
      expect.objectContaining({
        columnName: 'Account',
        foreignKeyName: 'AccountId',
        aggregate: false,
        joinColumns: [
          expect.objectContaining({
            columnName: 'Owner',
            joinColumns: [expect.objectContaining({ columnName: 'Name', textType: true })],
          }),
        ],
      }),
      expect.objectContaining({ columnName: 'CreatedDate', apexType: 'Datetime' }),
    ],
    entityName: 'Contact',
    groupBy: false,
    idSelected: true,
    keyPrefix: '003',
  })
})

test('columns=true names totals and child queries', async ({ api }) => {
  const totals = await api.get(columnsOf('SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName'))
  expect(totals.body).toMatchObject({
    groupBy: true,
    columnMetadata: [
      { columnName: 'LastName', aggregate: false },
      { columnName: 'expr0', displayName: 'COUNT(Id)', aggregate: true, apexType: 'Integer' },
    ],
  })
  const children = await api.get(columnsOf('SELECT Name, (SELECT LastName FROM Contacts) FROM Account'))
  expect(children.body).toMatchObject({
    idSelected: false,
    columnMetadata: [
      { columnName: 'Name' },
      { columnName: 'Contacts', aggregate: true, joinColumns: [{ columnName: 'LastName' }] },
    ],
  })
})
