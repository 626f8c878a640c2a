import { describe, expect, test } from 'vitest'
import { fullAccess, restrictedAccess } from '../../schema/access.ts'
import { runQuery } from '../../soql/runQuery.ts'
import { column, idOf, readerOf, rowsOf } from './soqlRecords.ts'

const tables = {
  User: [{ Username: 'ann@acme.example', Name: 'Ann Lee' }],
  Account: [
    { Name: 'GenePoint', Ext_Id__c: 'A-1', OwnerId: idOf('User', 0) },
    { Name: 'Globex', BillingCity: 'Bonn' },
  ],
  Contact: [
    { FirstName: 'Edna', LastName: 'Frank', AccountId: idOf('Account', 0), LeadSource: 'Web', Score__c: 2 },
    { FirstName: 'Tom', LastName: 'Ripley', AccountId: idOf('Account', 0), LeadSource: 'Web', Score__c: 4 },
    { LastName: 'alone', LeadSource: null, CleanStatus: 'Matched', CreatedDate: '2019-03-26T18:28:38.000+0000' },
  ],
}

const { reader } = readerOf(tables)
function rows(soql: string) {
  return rowsOf(soql, reader)
}

describe('rows', () => {
  test('have attributes first, then the fields in the order of the query', () => {
    const [row] = rows("SELECT LastName, Id, CreatedDate, Score__c FROM Contact WHERE LastName = 'alone'")
    const id = idOf('Contact', 2)
    expect(JSON.stringify(row)).toBe(
      `{"attributes":{"type":"Contact","url":"/services/data/v67.0/sobjects/Contact/${id}"},"LastName":"alone","Id":"${id}",` +
        '"CreatedDate":"2019-03-26T18:28:38.000+0000","Score__c":null}',
    )
  })

  test('use the field names of the schema, for any spelling in the query', () => {
    expect(rows('select LASTNAME from contact limit 1')[0]).toMatchObject({ LastName: 'Frank' })
  })

  test('nest parents, and parents of parents; an empty lookup is null', () => {
    const found = rows('SELECT LastName, Account.Name, Account.Owner.Username FROM Contact')
    expect(found[0]).toMatchObject({
      Account: {
        attributes: { type: 'Account', url: `/services/data/v67.0/sobjects/Account/${idOf('Account', 0)}` },
        Name: 'GenePoint',
        Owner: { attributes: { type: 'User' }, Username: 'ann@acme.example' },
      },
    })
    expect(found[2]).toMatchObject({ Account: null })
  })

  test('accept an alias, or the name of the object, before a field', () => {
    expect(rows("SELECT c.LastName, c.Account.Name FROM Contact c WHERE c.LastName = 'Frank'")[0]).toMatchObject({
      LastName: 'Frank',
      Account: { Name: 'GenePoint' },
    })
    expect(rows('SELECT Account.Name FROM Account LIMIT 1')[0]).toMatchObject({ Name: 'GenePoint' })
  })

  test('nest the children of a sub-query, or null without children, as recorded', () => {
    const found = rows(
      'SELECT Account.Name, (SELECT Contact.FirstName, Contact.LastName FROM Account.Contacts ORDER BY LastName DESC) FROM Account',
    )
    expect(found[0]).toMatchObject({
      Name: 'GenePoint',
      Contacts: {
        totalSize: 2,
        done: true,
        records: [{ LastName: 'Ripley' }, { FirstName: 'Edna', LastName: 'Frank' }],
      },
    })
    expect(found[1]).toMatchObject({ Name: 'Globex', Contacts: null })
  })

  test('have the children of sub-queries without an index too', () => {
    const { reader: unindexed } = readerOf(tables, [])
    const [row] = rowsOf("SELECT (SELECT Id FROM Contacts WHERE LastName != 'Frank' LIMIT 5) FROM Account", unindexed)
    expect(row).toMatchObject({ Contacts: { totalSize: 1 } })
  })

  test('show an address as an object with its parts', () => {
    expect(column(rows('SELECT BillingAddress FROM Account'), 'BillingAddress')).toEqual([
      null,
      {
        city: 'Bonn',
        country: null,
        geocodeAccuracy: null,
        latitude: null,
        longitude: null,
        postalCode: null,
        state: null,
        street: null,
      },
    ])
  })

  test('FIELDS(ALL) selects every visible field, toLabel() the label of a value', () => {
    const [all] = rowsOf(
      'SELECT FIELDS(ALL) FROM Contact LIMIT 1',
      reader,
      restrictedAccess({ Contact: { hidden: ['Title'] } }),
    )
    expect(all).toHaveProperty('Ext_Id__c')
    expect(all).not.toHaveProperty('Title')
    expect(column(rows("SELECT toLabel(CleanStatus) FROM Contact WHERE LastName = 'alone'"), 'CleanStatus')).toEqual([
      'In Sync',
    ])
  })
})

describe('order and pages', () => {
  test.each([
    ['ORDER BY Score__c', ['alone', 'Frank', 'Ripley']],
    ['ORDER BY Score__c DESC NULLS LAST', ['Ripley', 'Frank', 'alone']],
    ['ORDER BY LeadSource NULLS LAST, LastName DESC', ['Ripley', 'Frank', 'alone']],
    ['ORDER BY LastName', ['alone', 'Frank', 'Ripley']],
    ['ORDER BY Account.Name DESC, LastName', ['alone', 'Frank', 'Ripley']],
    ['ORDER BY LastName LIMIT 1 OFFSET 1', ['Frank']],
    ['LIMIT 2', ['Frank', 'Ripley']],
    ['LIMIT 0', []],
  ])('%s gives %j', (clauses, expected) => {
    expect(column(rows(`SELECT LastName FROM Contact ${clauses}`), 'LastName')).toEqual(expected)
  })

  test('pages are parts of the answer, and totalSize counts all rows', () => {
    const result = runQuery('SELECT Id, Account.Name FROM Contact', reader, fullAccess(), { apiVersion: '67.0' })
    expect(result).toMatchObject({
      object: { name: 'Contact' },
      totalSize: 3,
      rowCount: 3,
      columns: ['Id', 'Account.Name'],
    })
    expect(result.page(2, 2000)).toHaveLength(1)
    expect(result.page(0, 2)).toHaveLength(2)
  })
})

describe('aggregates', () => {
  test('COUNT() is the total size, without rows', () => {
    const result = runQuery('select count() from Contact where Score__c > 0', reader, fullAccess(), {
      apiVersion: '52.0',
    })
    expect(result).toMatchObject({ totalSize: 2, rowCount: 0 })
    expect(result.page(0, 2000)).toEqual([])
  })

  test('functions without a name are expr0, expr1…', () => {
    expect(
      rows('SELECT COUNT(Id), MIN(Score__c), MAX(Score__c) top, SUM(Score__c), AVG(Score__c) FROM Contact'),
    ).toEqual([{ attributes: { type: 'AggregateResult' }, expr0: 3, expr1: 2, top: 4, expr2: 6, expr3: 3 }])
  })

  test('aggregates without records are one row with zero and null', () => {
    expect(rows("SELECT COUNT(Id) n, MAX(Score__c) FROM Contact WHERE LastName = 'x'")).toEqual([
      { attributes: { type: 'AggregateResult' }, n: 0, expr0: null },
    ])
  })

  test('GROUP BY, HAVING and ORDER BY work on groups', () => {
    expect(rows('SELECT LeadSource, COUNT(Id) n FROM Contact GROUP BY LeadSource ORDER BY COUNT(Id) DESC')).toEqual([
      { attributes: { type: 'AggregateResult' }, LeadSource: 'Web', n: 2 },
      { attributes: { type: 'AggregateResult' }, LeadSource: null, n: 1 },
    ])
    expect(rows('SELECT LeadSource FROM Contact GROUP BY LeadSource HAVING COUNT(Id) > 1')).toHaveLength(1)
    expect(rows('SELECT Account.Name, COUNT_DISTINCT(LastName) FROM Contact GROUP BY Account.Name')).toContainEqual({
      attributes: { type: 'AggregateResult' },
      Name: 'GenePoint',
      expr0: 2,
    })
  })
})
