import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SheetPart } from '../../../../dev/workbookParts.ts'
import { SourceEmptyError } from '../../../../loader/csv/errors.ts'
import { SourceHeaderError } from '../../../../loader/sources/errors.ts'
import { SheetError, WorkbookError } from '../../../../loader/sources/xlsx/errors.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { type Cells, headerCells, sheetOf, writeParts } from '../../../rig/workbooks.ts'
import { type OpenedFile, openedRows } from '../openedRows.ts'

const base = temporaryFolder()

async function read(sheets: readonly SheetPart[], given: OpenedFile = {}) {
  await writeParts(join(base, 'x.xlsx'), { sheets })
  return await openedRows(base, 'x.xlsx', given)
}

const failure = (sheets: readonly SheetPart[], given?: OpenedFile): Promise<Error> =>
  read(sheets, given).then(
    ({ rows }) => expect.fail(`It was read: ${JSON.stringify(rows)}`),
    (error: Error) => error,
  )

/** Cells with numbers, by their names. */
const numbers = (...names: readonly string[]): Cells => Object.fromEntries(names.map(name => [name, '<v>1</v>']))

const contacts = sheetOf('Contacts', { ...headerCells('id', 'name'), A2: '<v>1</v>' })
const empty = sheetOf('Notes', {})

describe('the sheet', () => {
  test.each([
    ['the only one', [contacts], {}],
    ['the only one with a value', [empty, sheetOf('Styled', { 'A1 s="1"': '' }), contacts], {}],
    ['the only visible one', [sheetOf('Codes', numbers('A1', 'A2'), { state: 'hidden' }), contacts], {}],
    ['the named one', [sheetOf('Other', numbers('A1', 'B1')), contacts], { sheet: 'Contacts' }],
    ['the named one in other letters', [contacts, sheetOf('Other', numbers('A1'))], { sheet: 'CONTACTS ' }],
    [
      'the named one although it is hidden',
      [{ ...contacts, state: 'veryHidden' as const }, sheetOf('Other', numbers('A1'))],
      { sheet: 'Contacts' },
    ],
  ])('is %s', async (_, sheets, given) => {
    const { header, rows, reading } = await read(sheets, given)
    expect({ header, rows }).toEqual({ header: ['id', 'name'], rows: [['1', '']] })
    expect(reading).toEqual({ source: 'x.xlsx, sheet "Contacts"', format: 'xlsx', emptyRows: 0 })
  })

  test.each([
    [
      'a name that is misspelled',
      [contacts, empty],
      'Contcts',
      'The sheet of the source x.xlsx can\'t be chosen: it has no sheet "Contcts". Did you mean "Contacts"? Its sheets: "Contacts", "Notes".',
    ],
    [
      'no name, and several sheets with rows',
      [contacts, empty, sheetOf('Leads', numbers('A1'))],
      undefined,
      'The sheet of the source x.xlsx can\'t be chosen: 2 of its sheets have rows. Set sheet beside its uri to one of "Contacts", "Leads".',
    ],
    [
      'the name of a chart',
      [contacts, sheetOf('Sales', {}, { kind: 'chartsheet' })],
      'Sales',
      'The sheet of the source x.xlsx can\'t be chosen: "Sales" is a chart, not a table. Set sheet to one of "Contacts".',
    ],
  ])('is rejected for %s', async (_, sheets, sheet, message) => {
    const error = await failure(sheets, sheet === undefined ? {} : { sheet })
    expect(error).toBeInstanceOf(SheetError)
    expect(error.message).toBe(message)
  })

  test.each([
    ['the only one has no value', [empty], 'it has no row with a value'],
    [
      'no visible one has a value',
      [empty, { ...contacts, state: 'hidden' as const }, sheetOf('Also', {})],
      'no visible sheet has a value',
    ],
  ])('is rejected when %s', async (_, sheets, problem) => {
    const error = await failure(sheets)
    expect(error).toBeInstanceOf(SourceEmptyError)
    expect(error.message).toContain(problem)
  })
})

describe('the header', () => {
  const title = { ...headerCells('Contacts of 2026'), ...numbers('A3', 'B3', 'C3', 'A4', 'B4', 'C4') }

  test.each([
    ['the first row with a value', numbers('A3', 'B3', 'A4', 'B4'), {}, 1],
    ['the declared row', title, { headerRow: 3 }, 1],
    ['the declared row, even if it is shorter than others', title, { headerRow: 1 }, 2],
  ])('is %s', async (_, cells, given, rows) => {
    expect((await read([sheetOf('Contacts', cells)], given)).rows).toHaveLength(rows)
  })

  test.each([
    [
      'looks like a title',
      title,
      {},
      'row 1 has only the value "Contacts of 2026", row 3 has 3. Set headerRow: 3 beside its uri if the names are there, or headerRow: 1 if they are in row 1.',
    ],
    [
      'has no value where it is declared',
      title,
      { headerRow: 2 },
      'row 2 has no value. Set headerRow beside its uri to the row of the names; the next row with a value is 3.',
    ],
  ])('is rejected when it %s', async (_, cells, given, message) => {
    const error = await failure([sheetOf('Contacts', cells)], given)
    expect(error).toBeInstanceOf(SourceHeaderError)
    expect(error.message).toBe(`The header of the source x.xlsx, sheet "Contacts" can't be used: ${message}`)
  })

  test('is rejected when it has too many columns', async () => {
    const texts = [`<sheetData><row>${'<c><v>1</v></c>'.repeat(5_001)}</row></sheetData>`]
    const error = await failure([{ name: 'Contacts', texts }])
    expect(error).toBeInstanceOf(SourceHeaderError)
    expect(error.message).toContain('it has more than 5000 columns. Remove columns of the sheet.')
  })

  test('is rejected when it is declared behind the last row', async () => {
    const error = await failure([contacts], { headerRow: 3 })
    expect(error).toBeInstanceOf(SourceEmptyError)
    expect(error.message).toContain('it has no value from row 3 on. Check headerRow beside its uri.')
  })
})

describe('rows', () => {
  test('without a value are passed over and counted; hidden ones are read, and the run says so', async () => {
    const texts = [
      '<sheetData><row><c><v>1</v></c><c><v>2</v></c></row>',
      '<row r="3" hidden="1"><c r="B3"><v>3</v></c></row>',
      '<row r="4"><c r="A4" s="1"/><c t="inlineStr"><is><t> </t></is></c></row>',
      '<row r="7"><c r="A7"><v>4</v></c></row><row r="9"/></sheetData>',
    ]
    const { rows, reading } = await read([{ name: 'Contacts', texts }])
    expect(rows).toEqual([
      ['', '3'],
      ['4', ''],
    ])
    expect(reading).toMatchObject({ emptyRows: 4, notes: ['1 hidden row is read too'] })
  })

  test('with the totals of a table are left out, and the run says so', async () => {
    const cells = { ...headerCells('id', 'name'), ...numbers('A2', 'B2'), A3: '<f>SUBTOTAL(109,A2:A2)</f>' }
    await writeParts(
      join(base, 'x.xlsx'),
      { sheets: [sheetOf('Contacts', cells)] },
      {
        'xl/worksheets/_rels/sheet1.xml.rels':
          '<Relationships><Relationship Id="a" Type="x/table" Target="../tables/table1.xml"/></Relationships>',
        'xl/tables/table1.xml': '<table ref="A1:B3" totalsRowCount="1"><autoFilter ref="A1:B2"/></table>',
      },
    )
    const { rows, reading } = await openedRows(base, 'x.xlsx')
    expect(rows).toEqual([['1', '1']])
    expect(reading).toMatchObject({ emptyRows: 0, notes: ['row 3 has the totals of the table and is left out'] })
  })

  test('with a value behind the last name have it, so that the mapping rejects them', async () => {
    const { rows } = await read([sheetOf('Contacts', { ...headerCells('id', 'name'), ...numbers('A2', 'D2') })])
    expect(rows).toEqual([['1', '', '', '1']])
  })

  test('that share a merged cell are rejected', async () => {
    const after = '<mergeCells><mergeCell ref="A2:B2"/><mergeCell ref="B2:B4"/><mergeCell ref="A3:A4"/></mergeCells>'
    const cells = { ...headerCells('id', 'name'), ...numbers('A2', 'A3', 'A4') }
    const error = await failure([sheetOf('Contacts', cells, { after })])
    expect(error).toBeInstanceOf(WorkbookError)
    expect(error.message).toBe(
      'The source x.xlsx, sheet "Contacts" can\'t be read: rows of it share merged cells (B2:B4 and 1 more), which have a value in their first row only. Unmerge them in Excel and fill in the value of each row.',
    )
  })

  test.each([
    ['above the header', 'A1:B1', 3],
    ['of one row', 'A4:B4', 3],
    ['beside the table', 'D4:D5', 3],
    ['below the table', 'A9:A12', 3],
  ])('are read when there are merged cells %s', async (_, ref, headerRow) => {
    const after = `<mergeCells><mergeCell ref="${ref}"/></mergeCells>`
    const cells = numbers('A1', 'A3', 'B3', 'A4', 'A5', 'B5')
    expect((await read([sheetOf('Contacts', cells, { after })], { headerRow })).rows).toHaveLength(2)
  })
})
