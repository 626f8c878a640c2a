import { describe, expect, test } from 'vitest'
import { SourceMarks } from '../../../loader/mapping/sourceMarks.ts'
import { isMojibake } from '../../../loader/sources/mojibake.ts'
import { planOf } from '../../rig/describes.ts'

const COLUMNS = ['key', 'last', 'title']
const PLAN = planOf({
  operation: 'upsert',
  externalIdField: 'Ext_Id__c',
  fields: { Ext_Id__c: 'key', LastName: 'last', Phone: 'title' },
})

function marks(blankValues: readonly string[] = []) {
  return new SourceMarks(PLAN, column => COLUMNS.indexOf(column), blankValues)
}

describe('values that are read', () => {
  test.each([
    [
      ['="P11-3"', 'x', '="01067"'],
      ['P11-3', 'x', '01067'],
    ],
    [
      ['1', '="say ""hi"""', ' ="" '],
      ['1', 'say "hi"', ''],
    ],
    [
      ['1', '=SUM(A1)', "'t Hooft"],
      ['1', '=SUM(A1)', "'t Hooft"],
    ],
  ])('%j as %j', (values, read) => {
    expect(marks().read(1, values)).toEqual(read)
  })

  test('as blank where the sync says so', () => {
    expect(marks([String.raw`\N`, 'n/a']).read(1, ['1', String.raw`\N`, ' n/a '])).toEqual(['1', '', ''])
  })

  test.each([
    'Null',
    'C:\\temp',
    'Nan',
    "O'Neil",
    '#1 fan',
    'Müller',
    'Bar “CAFÉ”',
    'das „MENÜ“, neu',
    "O'Neil 's'",
    'l’été – 5 €',
    'À «',
    'Ångström',
    '√2',
    'a\tb\nc',
    '日本',
    '1E3',
    '12E+5',
    '1.5e-3',
    'SKU1E+12',
    'Error 502',
    '#WON!',
    '####',
  ])('%j without a word', value => {
    const read = marks()
    expect(read.read(1, ['1', value, value])).toEqual(['1', value, value])
    read.count()
    expect(read.warnings()).toEqual([])
  })
})

describe('rows that are rejected', () => {
  test.each<readonly [readonly string[], string]>([
    [['1', '#REF!', 'x'], '#REF! is an error of a spreadsheet, not a value (column last)'],
    [['1', 'x', ' #DIV/0! '], '#DIV/0! is an error of a spreadsheet'],
    ...[
      '#FIELD!',
      '#CONNECT!',
      '#WERT!',
      '#¿NOMBRE?',
      '#¡REF!',
      '#ДЕЛ/0!',
      '#NV',
      '#ÜBERLAUF!',
      '########',
      'Err:502',
    ].map(cell => [['1', cell, 'x'], `${cell} is an error of a spreadsheet`] as const),
    [['1.23E+12', 'x', 'x'], 'the key is a number whose last digits a spreadsheet left out'],
    [["'+49", 'x', 'x'], 'the key begins with an apostrophe'],
    [["'007", 'x', 'x'], 'the key begins with an apostrophe'],
    [['"K1"', 'x', 'x'], 'the key is in quotes'],
    [[String.raw`\N`, 'x', 'x'], 'the key is a word for null'],
    [['MÃ¼ller', 'x', 'x'], 'the key is UTF-8 that was read in another encoding'],
    [['M\uFFFDller', 'x', 'x'], 'the key has lost letters'],
    [['K\u200b1', 'x', 'x'], 'the key has control or invisible characters'],
  ])('%j', (values, message) => {
    expect(marks().read(1, values)).toMatchObject({
      rejected: true,
      errorCode: 'INVALID_VALUE',
      errorMessage: expect.stringContaining(message),
    })
  })
})

describe('values that are warned of, once per kind with the first place', () => {
  test.each([
    ['="5"', 'written as a formula for spreadsheets (="…")'],
    ["'+49 30", 'guarded against formulas by an apostrophe'],
    [String.raw`\N`, 'a word for null and sent as text'],
    ['NULL', 'a word for null'],
    ['MÃ¼ller', 'UTF-8 that was read in another encoding'],
    ['M\uFFFDller', 'lost before the file was written'],
    ['"Weber"', 'in quotes that belong to the value'],
    ["'Weber'", 'in quotes that belong to the value'],
    ['„Weber“', 'in quotes that belong to the value'],
    ['a\u200bb', 'control or invisible characters'],
    ['a\u000bb', 'with control or invisible characters'],
    ['4.91701E+11', 'the last digits may be lost'],
    ['-1,2E+03', 'the last digits may be lost'],
  ])('%j', (value, message) => {
    const read = marks()
    read.read(7, ['1', 'x', value])
    read.count()
    read.read(8, ['2', value, 'x'])
    read.count()
    expect(read.warnings()).toEqual([
      expect.stringMatching(/^2 values of the source are .*; the first is ".*" in row 7, column "title"$/),
    ])
    expect(read.warnings()[0]).toContain(message)
  })
})

test('values of a row that is rejected are not counted: they are not sent', () => {
  const read = marks()
  read.read(1, ['1', 'NULL', 'x'])
  read.read(2, ['2', 'x', 'x'])
  read.count()
  expect(read.warnings()).toEqual([])
})

/** What a program shows that reads UTF-8 in another encoding. */
const misread = (text: string, encoding: string) => new TextDecoder(encoding).decode(Buffer.from(text))

test.each([
  'Müller',
  'Çelik',
  'Łódź',
  'Gdańsk',
  'Şahin',
  'Иванов',
  'Παπαδόπουλος',
  'it’s',
  '5 €',
  '日本',
  '“x”',
  'Ñandú',
])('%j is recognised after it was read as windows-1252', text => {
  expect(isMojibake(misread(text, 'windows-1252'))).toBe(true)
  expect(isMojibake(text)).toBe(false)
})

test.each(['Müller', 'Zoë', 'it’s'])('%j is recognised after it was read as macintosh', text => {
  expect(isMojibake(misread(text, 'macintosh'))).toBe(true)
})

test('a long value is read in linear time', () => {
  const start = performance.now()
  for (const value of [
    'Ã'.repeat(1_000_000),
    `="${'a"'.repeat(500_000)}`,
    `'${' '.repeat(1_000_000)}`,
    '√'.repeat(1_000_000),
  ]) {
    marks().read(1, ['1', 'x', value])
  }
  expect(performance.now() - start).toBeLessThan(10_000)
})
