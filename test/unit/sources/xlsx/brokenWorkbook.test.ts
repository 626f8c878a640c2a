import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { WorkbookSpec } from '../../../../dev/workbookParts.ts'
import { writeZip } from '../../../../dev/zipFile.ts'
import { WorkbookError } from '../../../../loader/sources/xlsx/errors.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { headerCells, sheetOf, writeParts } from '../../../rig/workbooks.ts'
import { type OpenedFile, openedRows } from '../openedRows.ts'

const base = temporaryFolder()
const path = join(base, 'x.xlsx')
const SHEET = 'xl/worksheets/sheet1.xml'
const SPEC: WorkbookSpec = { sheets: [sheetOf('Contacts', { ...headerCells('id', 'name'), A2: '<v>1</v>' })] }

async function failure(given: OpenedFile = {}): Promise<string> {
  const error = await openedRows(base, 'x.xlsx', given).then(
    ({ rows }) => expect.fail(`It was read: ${JSON.stringify(rows)}`),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(WorkbookError)
  expect((error as Error).message).not.toContain('\n')
  return (error as Error).message
}

/** The bytes of a workbook, changed. */
async function changed(change: (bytes: Buffer) => Buffer): Promise<void> {
  await writeParts(path, SPEC)
  await writeFile(path, change(await readFile(path)))
}

describe('a file that is no workbook is named', () => {
  test.each([
    [
      'protected by a password, or an old workbook (.xls)',
      'd0cf11e0a1b11ae1',
      'Save it in Excel as .xlsx without a password.',
    ],
    ['text', Buffer.from('id,name\n1,Ada\n').toString('hex'), 'If it is CSV, set format: csv beside its uri.'],
    ['looks like a web page', Buffer.from('<html><table>').toString('hex'), 'Save it in Excel as .xlsx.'],
    ['looks like a binary file of another kind', '0001020300', 'Save it in Excel as .xlsx.'],
    ['the file is empty', '', 'Get the complete file again'],
  ])('%s', async (problem, bytes, advice) => {
    await writeFile(path, Buffer.from(bytes, 'hex'))
    const message = await failure()
    expect(message).toContain(problem)
    expect(message).toContain(advice)
  })

  test.each([
    ['an OpenDocument file (.ods)', 'mimetype'],
    ['a Word document', 'word/document.xml'],
    ['a PowerPoint presentation', 'ppt/presentation.xml'],
    ['a binary workbook (.xlsb)', 'xl/workbook.bin'],
    ['an Apple Numbers document', 'Index/Document.iwa'],
    ['a ZIP archive', 'contacts.csv'],
  ])('%s', async (looksLike, part) => {
    await writeZip(path, [[part, ['x']]])
    expect(await failure()).toContain(`The source x.xlsx can't be read: it looks like ${looksLike}. `)
  })
})

describe('a broken ZIP file is rejected', () => {
  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100), 'it is broken or incomplete'],
    [
      'with other bytes in a part',
      (bytes: Buffer) => changedAt(bytes, bytes.indexOf(SHEET) + SHEET.length + 20),
      `${SHEET}`,
    ],
    [
      'with a wrong checksum',
      (bytes: Buffer) => changedAt(bytes, bytes.lastIndexOf(SHEET) - 30),
      `the checksum of ${SHEET} does not fit its bytes`,
    ],
    ['with a wrong size', (bytes: Buffer) => changedAt(bytes, bytes.lastIndexOf(SHEET) - 22), `${SHEET}`],
    [
      'with a password',
      (bytes: Buffer) => changedAt(bytes, bytes.lastIndexOf(SHEET) - 38, 1),
      'it is a ZIP file with a password. Save it in Excel as .xlsx without a password.',
    ],
    [
      'with a part packed in another way',
      (bytes: Buffer) => changedAt(bytes, bytes.lastIndexOf(SHEET) - 36),
      'is packed by the method',
    ],
    [
      'with a name that leaves the file',
      (bytes: Buffer) => renamed(bytes, '../worksheets/sheet1.xml'),
      'invalid relative path',
    ],
    ['with a part twice', (bytes: Buffer) => renamed(bytes, 'xl/styles.xml'), 'it has the part xl/styles.xml twice'],
  ])('%s', async (_, change, problem) => {
    await changed(change)
    const message = await failure()
    expect(message).toContain(problem)
    expect(message).toMatch(/Get the complete file again|without a password/)
  })

  test('that unpacks to more than a source may have', async () => {
    await writeParts(path, {
      sheets: [sheetOf('Contacts', { ...headerCells('id'), A2: '<v>1</v>' }, { after: ' '.repeat(1_000_000) })],
    })
    expect(await failure({ maxSourceBytes: 100_000 })).toBe(
      `The source x.xlsx can't be read: ${SHEET} has more than 100000 bytes unpacked, the most that is allowed. Split the workbook, or raise maxSourceBytes in sflink.yaml.`,
    )
  })

  test('whose part is longer than its directory says', async () => {
    await writeParts(path, SPEC)
    const bytes = await readFile(path)
    bytes.writeUInt32LE(10, bytes.lastIndexOf(SHEET) - 22)
    await writeFile(path, bytes)
    expect(await failure()).toContain(`${SHEET} is longer than its directory says`)
  })
})

const changedAt = (bytes: Buffer, at: number, by = 0x55): Buffer => {
  bytes[at] = (bytes[at] as number) ^ by
  return bytes
}

/** Another name of the sheet in the directory, as long as the text before it. */
function renamed(bytes: Buffer, name: string): Buffer {
  const at = bytes.lastIndexOf(SHEET)
  const rest = bytes.subarray(at + SHEET.length)
  const header = Buffer.from(bytes.subarray(0, at))
  header.writeUInt16LE(name.length, at - 18)
  const whole = Buffer.concat([header, Buffer.from(name), rest])
  const end = whole.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  whole.writeUInt32LE(whole.readUInt32LE(end + 12) + name.length - SHEET.length, end + 12)
  return whole
}

describe('a broken part is rejected', () => {
  test.each([
    ['that is no XML', { [SHEET]: '<worksheet><sheetData></worksheet>' }, `${SHEET}: `],
    ['that ends early', { [SHEET]: '<worksheet><sheetData><row r="1">' }, `${SHEET}: `],
    [
      'that is not UTF-8',
      { [SHEET]: Buffer.from('<worksheet>\xff</worksheet>', 'latin1') },
      `${SHEET}: it is not UTF-8`,
    ],
    [
      'that declares entities',
      { [SHEET]: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>' },
      'it declares a document type, which no workbook has',
    ],
    [
      'that names an entity',
      { [SHEET]: '<worksheet><sheetData><row><c t="str"><v>&x;</v></c></row></sheetData></worksheet>' },
      'undefined entity',
    ],
    ['that is not there', { [SHEET]: undefined }, `it has no part ${SHEET}`],
    ['of the workbook', { 'xl/workbook.xml': undefined }, 'it looks like a ZIP archive'],
    ['without a relation', { 'xl/_rels/workbook.xml.rels': undefined }, 'its sheet "Contacts" has no part'],
    [
      'with a text that never ends',
      { [SHEET]: `<worksheet><!--${' '.repeat(17_000_000)}` },
      'it has a text of more than 16000000 bytes',
    ],
  ])('%s', async (_, changes, problem) => {
    await writeParts(path, SPEC, changes)
    expect(await failure()).toContain(problem)
  })

  test.each([
    ['a shared string that is not there', '<c t="s"><v>7</v></c>', 'the cell A1 has the value "7"'],
    ['an invalid number', '<c><v>abc</v></c>', 'the cell A1 has the value "abc"'],
    ['a type that is not known', '<c t="z"><v>1</v></c>', 'the cell A1 has the value "1"'],
    ['a number without an end', `<c><v>${'1'.repeat(401)}</v></c>`, 'the cell A1 has the value "1111'],
    ['an invalid boolean', '<c t="b"><v>2</v></c>', 'the cell A1 has the value "2"'],
    ['cells in another order', '<c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>', 'row 1 has cells out of order'],
    ['a cell without a column', '<c r="12"><v>1</v></c>', 'row 1 has cells out of order, or without a valid column'],
    [
      'a cell behind the last column',
      '<c r="XFE1"><v>1</v></c>',
      'row 1 has cells out of order, or without a valid column',
    ],
    ['rows in another order', '</row><row r="1">', 'row 1 comes after row 1'],
  ])('with %s', async (_, cells, problem) => {
    const texts = [`<sheetData><row r="1">${cells}</row></sheetData>`]
    await writeParts(path, { sheets: [{ name: 'Contacts', texts }] })
    expect(await failure()).toContain(problem)
  })
})

describe('a formula that was not calculated is rejected with its cell', () => {
  test.each([
    ['without a value', '<f>A2+1</f>', ''],
    ['with a blank value', '<f>A2+1</f><v></v>', ''],
    ['in a workbook that leaves its formulas to Excel', '<f>A2+1</f><v>0</v>', 'fullCalcOnLoad="1"'],
  ])('%s', async (_, cell, calculation) => {
    const cells = { ...headerCells('id', 'name'), A2: '<v>1</v>', B2: cell }
    await writeParts(path, { sheets: [sheetOf('Contacts', cells)], calculation })
    expect(await failure()).toBe(
      'The source x.xlsx, sheet "Contacts" can\'t be read: the cell B2 has a formula that was not calculated. The program that wrote the workbook left that to Excel: open it in Excel and save it, or have that program write values.',
    )
  })
})
