import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, idOf, readerOf, rowsOf } from './soqlRecords.ts'

const { reader } = readerOf({
  Account: [{ Name: 'Acme', Ext_Id__c: 'A-1' }, { Name: 'Globex' }],
  Contact: [
    { LastName: 'Ann', Email: 'ann@example.com', AccountId: idOf('Account', 0), Score__c: 5, Opt_In__c: true },
    { LastName: 'bob', Email: 'bob@example.com', AccountId: idOf('Account', 1), Score__c: -3.5, Opt_In__c: false },
    { LastName: "O'Neil", Email: null, AccountId: null, Score__c: null, Opt_In__c: false },
    {
      LastName: '100%_x',
      Email: 'ann@example.com',
      Birthdate: '2020-02-29',
      Last_Seen__c: '2026-11-24T23:59:59.000+0000',
      Opt_In__c: false,
    },
  ],
  Invoice__c: [
    { Legacy_Key__c: 'AbC', Ext_Id__c: 'AbC', Channels__c: 'Email;Web', Cutoff_Time__c: '18:30:00.000Z' },
    { Legacy_Key__c: 'abc', Ext_Id__c: 'x', Channels__c: 'Phone' },
  ],
})

function names(condition: string) {
  return column(rowsOf(`SELECT LastName FROM Contact WHERE ${condition}`, reader), 'LastName')
}

describe('conditions', () => {
  test.each([
    ["LastName = 'ANN'", ['Ann']],
    ["LastName != 'ann'", ['bob', "O'Neil", '100%_x']],
    ["Email != 'ann@example.com'", ['bob', "O'Neil"]],
    ["Email IN ('BOB@example.com', 'unknown@example.com')", ['bob']],
    ["Email NOT IN ('ann@example.com')", ['bob', "O'Neil"]],
    ['Email = null', ["O'Neil"]],
    ["Email = ''", ["O'Neil"]],
    ['Email != null AND Score__c = null', ['100%_x']],
    ["LastName = 'O\\'Neil'", ["O'Neil"]],
    ["LastName LIKE 'o%l'", ["O'Neil"]],
    ["LastName LIKE 'b_b'", ['bob']],
    ["LastName LIKE '100\\%\\_%'", ['100%_x']],
    ["LastName LIKE '%.%'", []],
    ['Score__c > -4 AND Score__c <= 5', ['Ann', 'bob']],
    ['Score__c = -3.5', ['bob']],
    ['Score__c < 0', ['bob']],
    ['Opt_In__c = true', ['Ann']],
    ['Opt_In__c != TRUE', ['bob', "O'Neil", '100%_x']],
    ['Birthdate = 2020-02-29', ['100%_x']],
    ['Birthdate < 2020-03-01', ['100%_x']],
    ['Last_Seen__c >= 2026-11-24T00:00:00Z', ['100%_x']],
    ['Last_Seen__c < 2026-11-25T00:59:59+01:00', []],
    ['Last_Seen__c = YESTERDAY', ['100%_x']],
    ['Last_Seen__c = LAST_N_DAYS:1', ['100%_x']],
    ['Last_Seen__c < TODAY', ['100%_x']],
    ['Last_Seen__c >= TODAY', []],
    ['Last_Seen__c > YESTERDAY', []],
    ['Birthdate <= N_YEARS_AGO:6', ['100%_x']],
    ["NOT LastName = 'Ann'", ['bob', "O'Neil", '100%_x']],
    ["(NOT (LastName = 'Ann' OR LastName = 'bob')) AND Email != null", ['100%_x']],
    ["LastName = 'Ann' OR (LastName = 'bob' AND Score__c > 0)", ['Ann']],
    ["(LastName = 'Ann' OR LastName = 'bob') AND Opt_In__c = false", ['bob']],
    ["Account.Name = 'acme'", ['Ann']],
    ["Account.Ext_Id__c IN ('a-1')", ['Ann']],
    ['Account.Name = null', ["O'Neil", '100%_x']],
    ["AccountId IN (SELECT Id FROM Account WHERE Name = 'Globex')", ['bob']],
    ["AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Globex') AND AccountId != null", ['Ann']],
  ])('%s finds %j', (condition, expected) => {
    expect(names(condition)).toEqual(expected)
  })

  test('an id is found by its form of 15 and of 18 characters', () => {
    const id = idOf('Contact', 1)
    expect(names(`Id = '${id}'`)).toEqual(['bob'])
    expect(names(`Id IN ('${id.slice(0, 15)}')`)).toEqual(['bob'])
    expect(names(`AccountId = '${idOf('Account', 1).slice(0, 15)}'`)).toEqual(['bob'])
  })

  test('text ignores case unless the field is case-sensitive', () => {
    const found = (condition: string) => rowsOf(`SELECT Id FROM Invoice__c WHERE ${condition}`, reader).length
    expect(found("Ext_Id__c = 'ABC'")).toBe(1)
    expect(found("Legacy_Key__c = 'AbC'")).toBe(1)
    expect(found("Legacy_Key__c = 'ABC'")).toBe(0)
    expect(found("Legacy_Key__c IN ('AbC', 'abc')")).toBe(2)
  })

  test('a multi-select picklist includes all values joined by a semicolon, or one of several', () => {
    const found = (condition: string) => rowsOf(`SELECT Id FROM Invoice__c WHERE ${condition}`, reader).length
    expect(found("Channels__c INCLUDES ('Web;Email')")).toBe(1)
    expect(found("Channels__c INCLUDES ('Web', 'Phone')")).toBe(2)
    expect(found("Channels__c EXCLUDES ('Web')")).toBe(1)
  })

  test('a time of day can be compared with a time only', () => {
    const found = (condition: string) => rowsOf(`SELECT Id FROM Invoice__c WHERE ${condition}`, reader).length
    expect(found('Cutoff_Time__c = 18:30:00Z')).toBe(1)
    expect(found('Cutoff_Time__c >= 18:30:00.001Z')).toBe(0)
    expect(found("Cutoff_Time__c > 09:00:00Z AND Ext_Id__c != '09:00:00Z'")).toBe(1)
    expect(() => found('CreatedDate > 09:00:00Z')).toThrow('must be of type dateTime')
    expect(() => found('Cutoff_Time__c > 2026-01-01T09:00:00Z')).toThrow('must be of type time')
  })

  test('escapes in a literal are the characters that the guide lists', () => {
    const special = 'tab\tline\nquote\'double"back\\slash A'
    const { reader: one } = readerOf({ Contact: [{ LastName: special }] })
    const literal = "'tab\\tline\\nquote\\'double\\\"back\\\\slash \\u0041'"
    expect(rowsOf(`SELECT Id FROM Contact WHERE LastName = ${literal}`, one)).toHaveLength(1)
  })

  test('any escaped text is found by = and by LIKE', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), text => {
        const quoted = text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
        const { reader: one } = readerOf({ Contact: [{ LastName: text }, { LastName: `${text}!` }] })
        const pattern = quoted.replace(/[%_]/g, '\\$&')
        expect(rowsOf(`SELECT Id FROM Contact WHERE LastName = '${quoted}'`, one)).toHaveLength(1)
        expect(rowsOf(`SELECT Id FROM Contact WHERE LastName LIKE '${pattern}'`, one)).toHaveLength(1)
      }),
    )
  })
})
