import { expect, test } from 'vitest'
import { columns, wrapped } from '../../../cli/columns.ts'

const HEAD = ['TIMES', 'ERROR', 'EXAMPLE', 'MESSAGE']
const ALIGN = ['right', 'left', 'left', 'left'] as const
const ERRORS = [
  ['6', 'REQUIRED_FIELD_MISSING', 'row 4', 'Required fields are missing: [LastName]'],
  ['12', 'INVALID_VALUE', 'row 1,230', 'Member Since: 31/02/2024 is not a date; expected yyyy-MM-dd or dd/MM/yyyy'],
]

const widest = (text: string): number => Math.max(...text.split('\n').map(line => line.length))

test('a table that is not for a terminal has one line for each row', () => {
  expect(columns(ERRORS, { head: HEAD, align: ALIGN })).toBe(
    [
      'TIMES  ERROR                   EXAMPLE    MESSAGE',
      '    6  REQUIRED_FIELD_MISSING  row 4      Required fields are missing: [LastName]',
      '   12  INVALID_VALUE           row 1,230  Member Since: 31/02/2024 is not a date; expected yyyy-MM-dd or dd/MM/yyyy',
    ].join('\n'),
  )
})

test('on 80 columns the last text is wrapped at its spaces', () => {
  expect(columns(ERRORS, { head: HEAD, align: ALIGN, width: 80 })).toBe(
    [
      'TIMES  ERROR                   EXAMPLE    MESSAGE',
      '    6  REQUIRED_FIELD_MISSING  row 4      Required fields are missing:',
      '                                          [LastName]',
      '   12  INVALID_VALUE           row 1,230  Member Since: 31/02/2024 is not a',
      '                                          date; expected yyyy-MM-dd or',
      '                                          dd/MM/yyyy',
    ].join('\n'),
  )
})

test('where little place is left, the last text stands below its row', () => {
  expect(columns(ERRORS, { head: HEAD, align: ALIGN, width: 60 })).toBe(
    [
      'TIMES  ERROR                   EXAMPLE',
      '    6  REQUIRED_FIELD_MISSING  row 4',
      '    Required fields are missing: [LastName]',
      '   12  INVALID_VALUE           row 1,230',
      '    Member Since: 31/02/2024 is not a date; expected',
      '    yyyy-MM-dd or dd/MM/yyyy',
    ].join('\n'),
  )
})

test('an empty text below its row takes no line', () => {
  const rows = [
    ['a'.repeat(30), ''],
    ['b'.repeat(30), 'a text of some length'],
  ]
  expect(columns(rows, { width: 45 }).split('\n')).toEqual([
    'a'.repeat(30),
    'b'.repeat(30),
    '    a text of some length',
  ])
})

test('a table that is too wide loses the columns that others can do without, one by one', () => {
  const rows = [['contacts.2026-11-28T163304-9c2c', 'contacts', 'Contact', 'completed', '1,000']]
  const options = { head: ['RUN', 'SYNC', 'OBJECT', 'OUTCOME', 'RECORDS'], drop: ['OBJECT', 'SYNC'] }
  expect(columns(rows, { ...options, width: 80 }).split('\n')[0]).toMatch(/^RUN +SYNC +OBJECT +OUTCOME +RECORDS$/)
  expect(columns(rows, { ...options, width: 65 }).split('\n')[0]).toMatch(/^RUN +SYNC +OUTCOME +RECORDS$/)
  expect(columns(rows, { ...options, width: 52 })).toBe(
    'RUN                              OUTCOME    RECORDS\ncontacts.2026-11-28T163304-9c2c  completed  1,000',
  )
})

test.each([20, 40, 60, 80, 100, 120, 200])('on %i columns no text is lost, and only a long word is wider', width => {
  const text = columns(ERRORS, { head: HEAD, align: ALIGN, width })
  for (const row of ERRORS) for (const word of row.join(' ').split(' ')) expect(text).toContain(word)
  if (width >= 60) expect(widest(text)).toBeLessThanOrEqual(width)
})

test('a path is never broken: it could not be copied', () => {
  const path = '/srv/salesforce-link/runs/contacts.2026-11-28T163304-9c2c/rejected.csv'
  expect(wrapped(`Correct ${path} and load it`, 30)).toEqual(['Correct', path, 'and load it'])
})

test('Chinese, Japanese and Korean characters take two places', () => {
  expect(wrapped('客户 名称 地址', 9)).toEqual(['客户 名称', '地址'])
  expect(columns([['客户', 'Name of the customer']], { width: 60 })).toBe('客户  Name of the customer')
})
