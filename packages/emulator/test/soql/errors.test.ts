import { describe, expect, test } from 'vitest'
import { ApiError } from '../../apiError.ts'
import { fullAccess, restrictedAccess, type UserAccess } from '../../schema/access.ts'
import { readerOf, rowsOf } from './soqlRecords.ts'

const { reader } = readerOf({ Account: [], Contact: [] })

function faultOf(soql: string, access: UserAccess = fullAccess()) {
  try {
    rowsOf(soql, reader, access)
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, ...error.body[0] }
    throw error
  }
  throw new Error(`No error for ${soql}`)
}

const REFERENCE = 'Please reference your WSDL or the describe call for the appropriate names.'

describe('errors as recorded', () => {
  test('a query that does not begin with SELECT', () => {
    expect(faultOf('SELEKT Name FROM Account')).toEqual({
      status: 400,
      message: 'unexpected token: SELEKT',
      errorCode: 'MALFORMED_QUERY',
    })
  })

  test('a field that does not exist', () => {
    expect(faultOf('SELECT Bacon__c FROM Account LIMIT 2')).toEqual({
      status: 400,
      message:
        '\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\n' +
        "No such column 'Bacon__c' on entity 'Account'. If you are attempting to use a custom field, be sure to append the '__c' " +
        `after the custom field name. ${REFERENCE}`,
      errorCode: 'INVALID_FIELD',
    })
  })

  test('an object that does not exist', () => {
    expect(faultOf('select count() from XYZZY')).toEqual({
      status: 400,
      message:
        '\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n' +
        "sObject type 'XYZZY' is not supported. If you are attempting to use a custom object, be sure to append the '__c' " +
        `after the entity name. ${REFERENCE}`,
      errorCode: 'INVALID_TYPE',
    })
  })
})

describe('errors in conditions', () => {
  test.each([
    [
      "SELECT Id FROM Contact WHERE Birthdate = '2020-01-01'",
      'INVALID_FIELD',
      "field 'Birthdate' must be of type date and should not",
    ],
    [
      'SELECT Id FROM Contact WHERE CreatedDate > 2020-01-01',
      'INVALID_FIELD',
      "field 'CreatedDate' must be of type dateTime",
    ],
    [
      'SELECT Id FROM Contact WHERE LastName = 5',
      'INVALID_FIELD',
      'must be of type string and should be enclosed in quotes',
    ],
    [
      "SELECT Id FROM Contact WHERE Score__c = '5'",
      'INVALID_FIELD',
      'must be of type double and should not be enclosed in quotes',
    ],
    ["SELECT Id FROM Contact WHERE IsDeleted = 'false'", 'INVALID_FIELD', 'must be of type boolean'],
    ["SELECT Id FROM Contact WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: x'],
    [
      "SELECT Id FROM Contact WHERE Id = '0035f00000XXXXXAAB'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid ID field: 0035f',
    ],
    [
      "SELECT Id FROM Contact WHERE Description = 'x'",
      'INVALID_FIELD',
      "field 'Description' can not be filtered in a query call",
    ],
    [
      'SELECT Id FROM Contact ORDER BY Description',
      'INVALID_FIELD',
      "field 'Description' can not be sorted in a query call",
    ],
    ['SELECT Description FROM Contact GROUP BY Description', 'INVALID_FIELD', 'can not be grouped in a query call'],
    ["SELECT Id FROM Contact WHERE Score__c LIKE '5'", 'INVALID_FIELD', 'invalid operator on double field'],
    ["SELECT Id FROM Contact WHERE LastName INCLUDES ('a')", 'INVALID_FIELD', 'invalid operator on string field'],
    [
      "SELECT Id FROM Contact WHERE Boss.Name = 'x'",
      'INVALID_FIELD',
      "Didn't understand relationship 'Boss' in field path",
    ],
    ["SELECT Id FROM Contact WHERE Account.Nope = 'x'", 'INVALID_FIELD', "No such column 'Nope' on entity 'Account'"],
    [
      'SELECT Id, (SELECT Id FROM Friends) FROM Contact',
      'INVALID_TYPE',
      "relationship 'Friends' in FROM part of query call",
    ],
    ['SELECT Id, LastName, Id FROM Contact', 'INVALID_FIELD', 'duplicate field selected: Id'],
    ['SELECT Id FROM Contact LIMIT 1 OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000'],
  ])('%s', (soql, errorCode, message) => {
    const found = faultOf(soql)
    expect(found).toMatchObject({ status: 400, errorCode })
    expect(found.message).toContain(message)
    expect(found).not.toHaveProperty('fields')
  })

  test.each([
    ["SELECT Id FROM Contact WHERE LastName = 'a\\x'", "Illegal character sequence '\\x' in string literal."],
    ["SELECT Id FROM Contact WHERE LastName = 'a\\_'", "Illegal character sequence '\\_' in string literal."],
    ["SELECT Id FROM Contact WHERE LastName = 'x", 'no viable alternative at character'],
    ["SELECT Id FROM Contact WHERE LastName = 'O'Neil'", 'no viable alternative at character'],
    ["SELECT Id FROM Contact WHERE LastName = 'a' AND Title = 'b' OR Title = 'c'", "unexpected token: 'OR'"],
    ['SELECT Id FROM Contact WHERE', "unexpected token: '<EOF>'"],
    ['SELECT Id, FROM Contact', "unexpected token: 'FROM'"],
    ['SELECT LastName, COUNT(Id) FROM Contact', 'Field must be grouped or aggregated: LastName'],
    [`SELECT Id FROM Contact WHERE LastName = '${'a'.repeat(4_001)}'`, '4,000'],
    [`SELECT Id FROM Contact WHERE LastName IN (${"'aaaaaaaaa',".repeat(9_000)}'a')`, '100,000'],
  ])('MALFORMED_QUERY: %.60s', (soql, message) => {
    const found = faultOf(soql)
    expect(found).toMatchObject({ status: 400, errorCode: 'MALFORMED_QUERY' })
    expect(found.message).toContain(message)
  })

  test('the caret is below the field in the condition, not below the same word in a literal', () => {
    const { message = '' } = faultOf("SELECT Id FROM Contact WHERE LastName = 'Nope' AND Nope = 'x'")
    const [, query = '', caret = ''] = message.split('\n')
    expect(query.slice(caret.indexOf('^'))).toBe("Nope = 'x'")
  })

  test('row and column refer to the lines of the query', () => {
    expect(faultOf('SELECT Id\nFROM Contact\nWHERE Nope = null').message).toContain(
      '\nWHERE Nope = null\n      ^\nERROR at Row:3:Column:7\n',
    )
  })

  test('a long list of keys is not repeated in the message', () => {
    const list = "'someone@example.com',".repeat(1_000)
    expect(faultOf(`SELECT Id FROM Contact WHERE Email IN (${list}'x') AND Nope = 'x'`).message?.length).toBeLessThan(
      500,
    )
  })
})

describe('field-level security', () => {
  const access = restrictedAccess({ Contact: { hidden: ['Birthdate', 'AccountId'] }, Lead: { read: false } })

  test.each([
    ['SELECT Birthdate FROM Contact', 'INVALID_FIELD', "No such column 'Birthdate' on entity 'Contact'"],
    ['SELECT Id FROM Contact WHERE Birthdate = null', 'INVALID_FIELD', "No such column 'Birthdate'"],
    ['SELECT Id FROM Contact ORDER BY Birthdate', 'INVALID_FIELD', "No such column 'Birthdate'"],
    ['SELECT Account.Name FROM Contact', 'INVALID_FIELD', "Didn't understand relationship 'Account'"],
    ['SELECT Id FROM Lead', 'INVALID_TYPE', "sObject type 'Lead' is not supported"],
  ])('%s fails as if it did not exist', (soql, errorCode, message) => {
    const found = faultOf(soql, access)
    expect(found.errorCode).toBe(errorCode)
    expect(found.message).toContain(message)
  })
})

describe('limits that the SOQL guide states', () => {
  const limit = 'The SOQL FIELDS function must have a LIMIT of at most 200'

  test.each(['FIELDS(ALL)', 'FIELDS(CUSTOM)'])('%s needs a LIMIT of at most 200', group => {
    for (const end of ['', ' LIMIT 201'])
      expect(faultOf(`SELECT ${group} FROM Account${end}`)).toEqual({
        status: 400,
        message: limit,
        errorCode: 'MALFORMED_QUERY',
      })
    expect(rowsOf(`SELECT ${group} FROM Account LIMIT 200`, reader)).toEqual([])
    expect(rowsOf('SELECT FIELDS(STANDARD) FROM Account', reader)).toEqual([])
  })

  test('totals over all records have no LIMIT; those of groups may have one', () => {
    expect(faultOf('SELECT COUNT(Id) FROM Account LIMIT 5')).toMatchObject({
      message: 'Non-grouped query that uses overall aggregate functions cannot also use LIMIT',
    })
    expect(rowsOf('SELECT Name, COUNT(Id) FROM Account GROUP BY Name LIMIT 5', reader)).toEqual([])
  })
})
