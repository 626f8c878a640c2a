import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readWhereClause } from '../../../loader/salesforce/whereClause.ts'

const problemOf = (text: string): string => {
  const read = readWhereClause(text)
  return read.ok ? 'accepted' : read.problem
}

const fieldsOf = (text: string) => {
  const read = readWhereClause(text)
  return read.ok ? read.fields : read.problem
}

const SUB_SELECT = 'has a sub-select; list the values, or use a field of the object'

describe('a WHERE clause', () => {
  test.each<[string, readonly string[]]>([
    ["Region__c = 'EMEA'", ['Region__c']],
    ['IsConverted = false', ['IsConverted']],
    ["Account.Owner.Name LIKE 'A%' AND (Score__c >= -1.5e3 OR Score__c = null)", ['Account.Owner.Name', 'Score__c']],
    ["NOT (Status IN ('Open', 'O\\'Neill') OR NOT Type not in ('a'))", ['Status', 'Type']],
    ["Languages__c INCLUDES ('A;B', 'C') and Languages__c excludes('D')", ['Languages__c']],
    ['CreatedDate > 2026-01-01T00:00:00.000+01:00 AND Birthdate != 2026-01-01', ['CreatedDate', 'Birthdate']],
    ['CloseDate = LAST_N_DAYS:30 OR CloseDate = TODAY OR Amount > USD5000.50', ['CloseDate', 'Amount']],
    ['CALENDAR_YEAR(convertTimezone(CreatedDate)) = 2026', ['CreatedDate']],
    ["DISTANCE(Place__c, GEOLOCATION(37.7,-122.4), 'mi') < 20", ['Place__c']],
    ["Name = '-- /* ) LIMIT 1 \\u00e9 (SELECT Id' ", ['Name']],
    ["Name\n=\t'ü 😀'", ['Name']],
  ])('%s compares its fields', (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields)
  })

  test.each<[string, string, string]>([
    ['nothing', ' \n', "is blank; write conditions, such as Region__c = 'EMEA'"],
    ['the word WHERE', "where a = 'b'", 'begins with WHERE; write only the conditions after it'],
    ['a sub-select', 'AccountId IN (SELECT Id FROM Account)', SUB_SELECT],
    ['a sub-select in capitals and blanks', 'a in (\n(  select Id from B))', SUB_SELECT],
    ['a sub-select as a value', 'a = (SELECT Id FROM B)', SUB_SELECT],
    ['a limit', 'a = 1 LIMIT 5', 'has "LIMIT 5" at character 7'],
    ['an order', 'a = 1 ORDER BY b', 'has "ORDER BY b" at character 7'],
    ['deleted records', 'a = 1 ALL ROWS', 'has "ALL ROWS" at character 7'],
    ['a lock', 'a = 1 FOR UPDATE', 'has "FOR UPDATE" at character 7'],
    ['a group', 'a = 1 GROUP BY b HAVING COUNT(Id) > 1', 'has "GROUP BY b HAVING CO" at character 7'],
    ['a security mode', 'a = 1 WITH SECURITY_ENFORCED', 'has "WITH SECURITY_ENFORC" at character 7'],
    ['an offset', 'a = 1 OFFSET 5', 'has "OFFSET 5" at character 7'],
    ['a second statement', 'a = 1; SELECT Id FROM B', 'has "; SELECT Id FROM B" at character 6'],
    ['a comment to the end of the line', 'a = 1 -- b', 'has "-- b" at character 7'],
    ['a comment', 'a = 1 /* b */', 'has "/* b */" at character 7'],
    ['a bind variable', 'a = :b', 'has ":b" at character 5'],
    [
      'a text without an end',
      "a = 'b",
      'has a text without an end, or with an unknown escape, at "\'b" at character 5',
    ],
    ['an escaped end of a text', "a = 'b\\' OR c = 1", 'has a text without an end, or with an unknown escape'],
    ['an unknown escape', "a = '\\x'", 'has a text without an end, or with an unknown escape'],
    ['a line break in a text', "a = 'b\nc'", 'has a text without an end, or with an unknown escape'],
    ['a text in double quotes', 'a = "b"', 'has "\\"b\\"" at character 5'],
    ['a parenthesis that closes nothing', 'a = 1) OR (b = 2', 'has ") OR (b = 2" at character 6'],
    ['a parenthesis that stays open', '(a = 1', 'ends before a closing parenthesis'],
    ['an empty list', 'a IN ()', 'has ")" at character 7'],
    ['a list without parentheses', "a IN 'b'", 'has "\'b\'" at character 6'],
    ['a field alone', 'a', 'ends before an operator'],
    ['an operator alone', 'a =', 'ends before a value'],
    ['a connective alone', 'a = 1 AND', 'ends before a field'],
    ['two conditions side by side', 'a = 1 b = 2', 'has "b = 2" at character 7'],
    ['another field as a value', 'a = b.c', 'has "b.c" at character 5'],
    ['an aggregate', 'COUNT(Id) > 1', 'has "COUNT(Id) > 1" at character 1'],
    ['a type', 'TYPEOF a', 'has "TYPEOF a" at character 1'],
    ['a letter of another script', 'а = 1', 'has "а = 1" at character 1'],
    ['a blank that SOQL does not know', 'a\u00a0= 1', 'at character 2'],
    ['a character without a form', 'a = \u0000', 'at character 5'],
    ['half a character', 'a = \ud800', 'at character 5'],
    [
      'a length beyond that of Salesforce',
      `a = '${'x'.repeat(4_000)}'`,
      'has more than 4000 characters, which Salesforce rejects',
    ],
    [
      'endless parentheses',
      `${'('.repeat(1_000)}a = 1${')'.repeat(1_000)}`,
      'has more than 100 parentheses within each other',
    ],
  ])('with %s is rejected', (_, text, problem) => {
    expect(problemOf(text)).toContain(problem)
  })

  /** Removes texts, as the org reads them. */
  const withoutTexts = (text: string) => text.replaceAll(/'(?:[^'\\]|\\.)*'/gs, "''")

  test('that is accepted closes what it opens, and contains no other part of a query', () => {
    const part = fc.constantFrom(
      ...[
        "'",
        "\\'",
        '\\',
        '(',
        ')',
        'a',
        'b.c',
        '=',
        'IN',
        'NOT',
        'AND',
        'OR',
        "'x'",
        '1',
        ',',
        ' ',
        'SELECT',
        'FROM',
        'LIMIT',
      ],
      ...['ORDER BY', '--', '/*', ';', ':', 'null', 'TODAY', 'LIKE', '"', 'ALL ROWS', 'FOR UPDATE', 'CALENDAR_YEAR('],
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 24 }), parts => {
        for (const text of [parts.join(''), parts.join(' ')]) {
          if (!readWhereClause(text).ok) continue
          const bare = withoutTexts(text)
          expect(bare).not.toMatch(/['"\\;:]|--|\/\*|\b(?:SELECT|FROM|LIMIT|ORDER|ALL|FOR)\b/)
          let depth = 0
          for (const char of bare) {
            if (char === '(') depth += 1
            if (char === ')') depth -= 1
            expect(depth).toBeGreaterThanOrEqual(0)
          }
          expect(depth).toBe(0)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('is read for any text, without an error of another kind', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => void readWhereClause(text)))
  })
})
