import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { headerCells, sheetOf, writeParts } from '../../../rig/workbooks.ts'
import { openedRows } from '../openedRows.ts'

const base = temporaryFolder()

/** How numbers are read, each with its own format. */
async function read(cells: readonly (readonly [format: string, value: number | string])[], is1904 = false) {
  const written = cells.map(([, value], index) => [`A${index + 2} s="${index + 1}"`, `<v>${value}</v>`] as const)
  await writeParts(join(base, 'x.xlsx'), {
    sheets: [sheetOf('Contacts', { ...headerCells('value'), ...Object.fromEntries(written) })],
    formats: cells.map(([format]) => format),
    ...(is1904 && { properties: 'date1904="1"' }),
  })
  const { rows, reading } = await openedRows(base, 'x.xlsx')
  return { texts: rows.map(([value]) => value), notes: reading?.notes }
}

describe('a number with the format of', () => {
  test.each([
    ['a date', 'dd/mm/yyyy', 45322, '2024-01-31'],
    ['a date with a section for text', 'd\\-mmm\\-yy;@', 45322, '2024-01-31'],
    ['a date in words', '[$-407]dddd\\, d\\. mmmm yyyy', 45322, '2024-01-31'],
    ['a month', 'mmm-yy', 45323, '2024-02-01'],
    ['a date with blanks in quotes', 'yyyy"年"m"月"d"日"', 45322, '2024-01-31'],
    ['a date of a Japanese era', '[$-411]ge.m.d;@', 45322, '2024-01-31'],
    ['a date and time', 'yyyy-mm-dd hh:mm:ss', 45322.385416666664, '2024-01-31T09:15:00'],
    ['a date and time in halves of a day', 'm/d/yy h:mm AM/PM', 45322.75, '2024-01-31T18:00:00'],
    ['a time to the second', 'yyyy-mm-dd hh:mm', 45322.38549768518, '2024-01-31T09:15:07'],
    ['a time with decimals', 'yyyy-mm-dd hh:mm:ss.000', 45322.38549768519, '2024-01-31T09:15:07'],
    ['a time with milliseconds', 'hh:mm:ss.000', 0.38549855324, '09:15:07.075'],
    ['a time of day', 'h:mm', 0.75, '18:00:00'],
    ['minutes and seconds', 'mm:ss', 0.0104166666666667, '00:15:00'],
    ['a time that rounds up to midnight', 'hh:mm:ss', 0.999999999, '00:00:00'],
    ['a date that rounds up to the next day', 'yyyy-mm-dd hh:mm:ss', 45322.999999999, '2024-02-01T00:00:00'],
    ['hours that count on', '[h]:mm:ss', 1.5, '36:00:00'],
    ['minutes that count on', '[mm]:ss', 0.0625, '01:30:00'],
    ['negative hours', '[h]:mm', -0.25, '-06:00:00'],
    ['a day that Excel has not', 'yyyy-mm-dd', -1, '########'],
    ['a day after the last', 'yyyy-mm-dd', 2_958_466, '########'],
    ['the last day', 'yyyy-mm-dd', 2_958_465, '9999-12-31'],
    ['a condition for zero', '[=0]"-";dd/mm/yyyy', 45322, '2024-01-31'],
  ])('%s: %s', async (_, format, value, text) => {
    expect((await read([[format, value]])).texts).toEqual([text])
  })

  test.each([
    ['an amount', '#,##0.00', 1234.5, '1234.5'],
    ['an amount in a currency', '_-* #,##0.00\\ [$€-407]_-;\\-* #,##0.00\\ [$€-407]_-;_-@_-', -1234.5, '-1234.5'],
    ['an amount in dollars', '"$"#,##0_);[Red]("$"#,##0)', 1234, '1234'],
    ['an amount grouped by blanks', '#\\ ##0', 1234567, '1234567'],
    ['an amount grouped by points', '#"."##0', 1234, '1234'],
    ['a quantity', '0 "kg"', 12, '12'],
    ['a whole number', '0', 12.6, '12.6'],
    ['a difference', '+0;-0', 12, '12'],
    ['a fraction', '# ?/?', 0.5, '0.5'],
    ['thousands', '0.0,"k"', 1234, '1234'],
    ['an exponent', '0.00E+00', 12345678901, '12345678901'],
    ['text', '@', 42, '42'],
    ['a hidden value', ';;;', 42, '42'],
    ['General', 'General', 42, '42'],
    ['General in German', 'Standard', 42, '42'],
    ['colours', '[Red]General;[Blue]-General', 42, '42'],
  ])('%s keeps its value: %s', async (_, format, value, text) => {
    expect((await read([[format, value]])).texts).toEqual([text])
  })

  test.each([
    ['a percentage', '0%', 0.25, '25%'],
    ['a percentage that shows less', '0.00%', 0.123456, '12.3456%'],
    ['a negative percentage', '0%;[Red]-0%', -1.5, '-150%'],
    ['a small percentage', '0.0%', 0.0005, '0.05%'],
  ])('%s is one: %s', async (_, format, value, text) => {
    expect((await read([[format, value]])).texts).toEqual([text])
  })

  test.each([
    ['a postcode', '00000', 1234, '01234'],
    ['a longer value', '00000', 1234567, '1234567'],
    ['zero', '00000', 0, '00000'],
    ['a postcode of nine digits', '00000-0000', 12345678, '01234-5678'],
    ['a social security number', '000-00-0000', 12345678, '012-34-5678'],
    ['a customer number', '"K-"0000', 42, 'K-0042'],
    ['a telephone number', '(###) ###-####', 2125550199, '(212) 555-0199'],
    ['a short telephone number', '[<=9999999]###-####;(###) ###-####', 5550199, '555-0199'],
    ['a long telephone number', '[<=9999999]###-####;(###) ###-####', 2125550199, '(212) 555-0199'],
    ['a French telephone number', '0#" "##" "##" "##" "##', 123456789, '01 23 45 67 89'],
    ['a number with its country', '"+"0', 4930123456, '+4930123456'],
    ['places for blanks', '0??-?', 5, '0  -5'],
  ])('%s is read as it is shown: %s', async (_, format, value, text) => {
    expect((await read([[format, value]])).texts).toEqual([text])
  })

  test('a code keeps a value that it can not show', async () => {
    expect(
      (
        await read([
          ['00000', -12],
          ['00000', 1.5],
        ])
      ).texts,
    ).toEqual(['-12', '1.5'])
  })
})

describe('a day', () => {
  test('in the date system of 1900 skips the day that Excel counts too much', async () => {
    const cells = [1, 59, 61, 2].map(day => ['yyyy-mm-dd', day] as const)
    expect((await read(cells)).texts).toEqual(['1900-01-01', '1900-02-28', '1900-03-01', '1900-01-02'])
  })

  test('that does not exist is no date', async () => {
    expect(
      (
        await read([
          ['yyyy-mm-dd', 0],
          ['yyyy-mm-dd', 60],
        ])
      ).texts,
    ).toEqual(['1900-01-00', '1900-02-29'])
  })

  test('in the date system of 1904', async () => {
    const cells = [0, 1, 43860.5, -1].map(day => ['yyyy-mm-dd hh:mm', day] as const)
    expect((await read(cells, true)).texts).toEqual([
      '1904-01-01T00:00:00',
      '1904-01-02T00:00:00',
      '2024-01-31T12:00:00',
      '########',
    ])
  })

  test('and its time to the second are read as they were written', async () => {
    const time = fc.integer({ min: Date.UTC(1900, 2, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
    await fc.assert(
      fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 200 }), async times => {
        const cells = times.map(seconds => ['yyyy-mm-dd hh:mm:ss', seconds / 86_400 + 25_569] as const)
        const expected = times.map(seconds => new Date(seconds * 1000).toISOString().slice(0, 19))
        expect((await read(cells)).texts).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })
})

test.each([
  ['dd/mm/yyyy', '2024-01-31T10:00:00.000Z', '2024-01-31'],
  ['yyyy-mm-dd hh:mm', '2024-01-31', '2024-01-31T00:00:00'],
  ['yyyy-mm-dd hh:mm', '2024-01-31T10:00:05+02:00', '2024-01-31T10:00:05'],
  ['General', '2024-01-31T00:00:00', '2024-01-31'],
])('a day in text with the format %s is read without a time zone: %s', async (format, value, text) => {
  const cells = { ...headerCells('value'), 'A2 t="d" s="1"': `<v>${value}</v>` }
  await writeParts(join(base, 'x.xlsx'), { sheets: [sheetOf('Contacts', cells)], formats: [format] })
  expect((await openedRows(base, 'x.xlsx')).rows).toEqual([[text]])
})

test('a date whose format hides its time is read as it is shown, and the run says so', async () => {
  const { texts, notes } = await read([
    ['dd/mm/yyyy', 45322.5],
    ['hh:mm', 45322.5],
    ['dd/mm/yyyy', 45322],
  ])
  expect(texts).toEqual(['2024-01-31', '12:00:00', '2024-01-31'])
  expect(notes).toEqual([
    '2 dates or times are read as shown, although the format hides a part of the value; the first is in A2',
  ])
})
