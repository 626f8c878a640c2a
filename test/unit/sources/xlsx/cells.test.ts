import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { WorkbookSpec } from '../../../../dev/workbookParts.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { type Cells, headerCells, sheetOf, writeParts } from '../../../rig/workbooks.ts'
import { type OpenedFile, openedRows } from '../openedRows.ts'

const base = temporaryFolder()

/** The values of the first column of a workbook whose sheet has these cells below a header. */
async function values(cells: Cells, spec: Partial<WorkbookSpec> = {}, given: OpenedFile = {}) {
  const sheets = [sheetOf('Contacts', { ...headerCells('value'), ...cells })]
  await writeParts(join(base, 'x.xlsx'), { sheets, ...spec })
  const { rows } = await openedRows(base, 'x.xlsx', given)
  return rows.map(([value]) => value)
}

describe('text is read as it is shown', () => {
  test.each([
    ['with leading zeros', '<si><t>00123</t></si>', '00123'],
    ['with blanks and quotes', '<si><t xml:space="preserve"> a "b", c </t></si>', ' a "b", c '],
    ['with line ends', '<si><t>a\nb_x000D_c&#10;d</t></si>', 'a\nb\rc\nd'],
    [
      'with an underscore that begins no code',
      '<si><t>_x005F_x000D_ _xZZZZ_ _x0000_</t></si>',
      '_x000D_ _xZZZZ_ _x0000_',
    ],
    ['of several fonts', '<si><r><t>Mü</t></r><r><rPr><b/></rPr><t>ller</t></r></si>', 'Müller'],
    [
      'without the reading of Japanese names',
      '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>',
      '東京',
    ],
    ['with characters beyond the basic plane', '<si><t>😀 &amp; &lt;b&gt;</t></si>', '😀 & <b>'],
    ['in CDATA', '<si><t><![CDATA[<b>]]></t></si>', '<b>'],
    ['that looks like a date', '<si><t>01/02/2024</t></si>', '01/02/2024'],
  ])('%s', async (_, string, text) => {
    expect(await values({ 'A2 t="s"': '<v>0</v>' }, { strings: [string] })).toEqual([text])
    const own = string.replace(/<(\/?)si>/g, '<$1is>')
    expect(await values({ 'A2 t="inlineStr"': own })).toEqual([text])
  })

  test('of a formula', async () => {
    expect(await values({ 'A2 t="str"': '<f>B2&amp;C2</f><v>Ada_x000D_</v>' })).toEqual(['Ada\r'])
  })
})

describe('a number is read as it is stored', () => {
  test.each([
    ['42', '42'],
    ['0', '0'],
    ['-3', '-3'],
    ['1.5', '1.5'],
    ['1.50', '1.5'],
    ['-0.25', '-0.25'],
    ['0.30000000000000004', '0.3'],
    ['1234.5600000000001', '1234.56'],
    ['1E-3', '0.001'],
    ['1.5E-7', '0.00000015'],
    ['123456789012345', '123456789012345'],
    ['-1.2345678901234E+14', '-123456789012340'],
    ['1.23456789012345E+15', '1.23456789012345E+15'],
    ['1234567890123450', '1.23456789012345E+15'],
    ['-1E+21', '-1E+21'],
    ['1.5E+300', '1.5E+300'],
    ['1234567890123456789', '1234567890123456789'],
    ['007', '7'],
    ['-0', '0'],
    ['-0.0', '0'],
  ])('%s', async (stored, text) => {
    expect(await values({ A2: `<v>${stored}</v>`, 'A3 t="n"': `<v>${stored}</v>` })).toEqual([text, text])
  })

  test('with the decimal mark of the sync', async () => {
    expect(await values({ A2: '<v>1234.5</v>' }, {}, { decimalSeparator: ',' })).toEqual(['1234,5'])
  })
})

test.each([
  ['a boolean', { 'A2 t="b"': '<v>1</v>', 'A3 t="b"': '<v>0</v>' }, ['true', 'false']],
  ['an error', { 'A2 t="e"': '<v>#N/A</v>', 'A3 t="e"': '<f>1/0</f><v>#DIV/0!</v>' }, ['#N/A', '#DIV/0!']],
  [
    'a date as text',
    { 'A2 t="d"': '<v>2024-01-31</v>', 'A3 t="d"': '<v>2024-01-31T00:00:00</v>' },
    ['2024-01-31', '2024-01-31'],
  ],
  [
    'a time as text',
    { 'A2 t="d"': '<v>2024-01-31T10:00:05.250</v>', 'A3 t="d"': '<v>T08:30:00</v>' },
    ['2024-01-31T10:00:05.250', '08:30:00'],
  ],
  ['a formula with its value', { A2: '<f>1+1</f><v>2</v>' }, ['2']],
])('%s is read by its type', async (_, cells, expected) => {
  expect(await values(cells)).toEqual(expected)
})

test('a blank result of a formula is a blank value', async () => {
  const cells = { 'A2 t="str"': '<f>""</f><v></v>', B2: '<v>1</v>' }
  const sheets = [sheetOf('Contacts', { ...headerCells('a', 'b'), ...cells })]
  await writeParts(join(base, 'blank.xlsx'), { sheets })
  expect((await openedRows(base, 'blank.xlsx')).rows).toEqual([['', '1']])
})
