import { describe, expect, test } from 'vitest'
import { readProperties } from '../../../cli/import/javaProperties.ts'
import { readMappingFile } from '../../../cli/import/mappingFile.ts'

const read = (text: string, header?: readonly string[]) => readMappingFile(Buffer.from(text), 'x.sdl', header)
const fieldsOf = (text: string, header?: readonly string[]) => Object.fromEntries(read(text, header).fields)

describe('Java properties', () => {
  test.each([
    ['a=b', 'a', 'b'],
    ['  a  =  b ', 'a', 'b '],
    ['a:b', 'a', 'b'],
    ['a b', 'a', 'b'],
    ['First\\ Name=x', 'First Name', 'x'],
    ['a\\:b\\=c=d', 'a:b=c', 'd'],
    ['a=C:\\\\x\\\\y', 'a', 'C:\\x\\y'],
    ['a=b\\\n   c', 'a', 'bc'],
    ['a=b\\\\\n', 'a', 'b\\'],
    ['Stra\\u00dfe=x', 'Straße', 'x'],
    ['a', 'a', ''],
    ['=b', '', 'b'],
  ])('%j is read as Java reads it', (text, key, value) => {
    expect(readProperties(Buffer.from(text), 'x').properties).toMatchObject([{ key, value }])
  })

  test('comments and blank lines are passed over, and lines keep their numbers', () => {
    const { properties } = readProperties(Buffer.from('#one\r\n\r\n ! two\r\na=1\\\r\n2\r\nb=3'), 'x')
    expect(properties.map(({ line, key, value }) => [line, key, value])).toEqual([
      [4, 'a', '12'],
      [6, 'b', '3'],
    ])
  })

  test('bytes that are not UTF-8 are ISO 8859-1', () => {
    expect(readProperties(Buffer.from('Stra\u00dfe=x', 'latin1'), 'x').properties[0]?.key).toBe('Straße')
  })

  test('an escape without its digits is rejected', () => {
    expect(() => readProperties(Buffer.from('a=C:\\users'), 'x.sdl')).toThrow(
      'x.sdl:1 has \\u without four hexadecimal digits; write a backslash as \\\\',
    )
  })
})

test('a mapping has columns, lookups, constants and several fields of one column', () => {
  const text = `LAST=LastName
CODE=Account\\:Ext_Id__c
WHO=Who:Contact-Email
STATE = MailingState, OtherState
"Trade\\ Fair"=LeadSource, Description
""=Title
CREATED=
=Nothing`
  expect(fieldsOf(text)).toEqual({
    LastName: 'LAST',
    'Account.Ext_Id__c': 'CODE',
    'Contact:Who.Email': 'WHO',
    MailingState: 'STATE',
    OtherState: 'STATE',
    LeadSource: { value: 'Trade Fair' },
    Description: { value: 'Trade Fair' },
    Title: { value: '' },
  })
})

test('columns have the letter case of the header, and those that it lacks are named', () => {
  const { fields, notes } = read('LAST_NAME=LastName\nPHONE=Phone', ['last_name', 'email'])
  expect(Object.fromEntries(fields)).toEqual({ LastName: 'last_name' })
  expect(notes).toEqual([
    {
      kind: 'notCarried',
      subject: 'x.sdl:2',
      text: 'the source has no column "PHONE", so Data Loader passed over it; Phone is not mapped',
    },
  ])
})

test('columns that are joined are named, with the SQL that joins them', () => {
  const { fields, notes } = read('Street,\\ City=Description\nLAST=LastName')
  expect(Object.fromEntries(fields)).toEqual({ LastName: 'LAST' })
  expect(notes[0]?.text).toContain(`SELECT *, concat_ws(', ', "Street", "City") AS joined FROM source`)
})

test('a constant wins over a column of the same field', () => {
  expect(fieldsOf('"Web"=LeadSource\nSOURCE=LeadSource')).toEqual({ LeadSource: { value: 'Web' } })
})

test('of one column twice, the last line counts', () => {
  expect(fieldsOf('NAME=FirstName\nName=LastName')).toEqual({ LastName: 'Name' })
})

test('letters in UTF-8 are read, and named', () => {
  const { fields, notes } = read('Straße=MailingStreet')
  expect(Object.fromEntries(fields)).toEqual({ MailingStreet: 'Straße' })
  expect(notes).toMatchObject([{ kind: 'toDo', subject: 'x.sdl' }])
})

test.each([
  ['LAST', 'x.sdl:1 is not a mapping: "LAST"; write it as COLUMN=Field'],
  [
    'First Name=FirstName',
    'x.sdl:1 has a blank that ends the name of its column: "First Name=FirstName"; write it as First\\ Name=FirstName, or remove the line, which Data Loader did not use',
  ],
  [
    '#\nA=Email\nB=LastName\nC=email',
    'x.sdl: the lines 2 and 4 map email twice, and Data Loader loads any of the two; remove one of them',
  ],
  [
    'A=Last Name',
    'x.sdl:1: "Last Name" is not the name of a field; write it like LastName, or Account\\:Ext_Id__c for a parent',
  ],
])('%j is rejected', (text, message) => {
  expect(() => read(text)).toThrow(message)
})
