// Programs write the same workbook in different XML.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeZip } from '../../../../dev/zipFile.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { openedRows } from '../openedRows.ts'

const base = temporaryFolder()

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const STRICT = 'http://purl.oclc.org/ooxml'

const relation = (id: string, type: string, target: string, more = '') =>
  `<Relationship Id="${id}" Type="${type}" Target="${target}"${more}/>`

/** The sheet has the columns `id` and `born`, and the one row `007`, 2024-01-31. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'with prefixes, as the Open XML SDK': {
    '_rels/.rels': `<Relationships>${relation('R1', `${OFFICE}/officeDocument`, '/xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml':
      '<x:workbook xmlns:x="a" xmlns:q="b"><x:workbookPr/><x:sheets><x:sheet name="Contacts" sheetId="9" q:id="R7"/></x:sheets></x:workbook>',
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('R7', `${OFFICE}/worksheet`, '/xl/worksheets/sheet.xml')}${relation('R8', `${OFFICE}/sharedStrings`, '/xl/sharedStrings.xml')}${relation('R9', `${OFFICE}/styles`, '/xl/styles.xml')}</Relationships>`,
    'xl/styles.xml':
      '<x:styleSheet xmlns:x="a"><x:cellStyleXfs><x:xf numFmtId="14"/></x:cellStyleXfs><x:cellXfs><x:xf/><x:xf numFmtId="14"/></x:cellXfs></x:styleSheet>',
    'xl/sharedStrings.xml':
      '<x:sst xmlns:x="a" count="3"><x:si><x:t>id</x:t></x:si><x:si><x:t>born</x:t></x:si><x:si><x:t>007</x:t></x:si></x:sst>',
    'xl/worksheets/sheet.xml':
      '<x:worksheet xmlns:x="a"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="s"><x:v>1</x:v></x:c></x:row><x:row r="2"><x:c r="A2" t="s"><x:v>2</x:v></x:c><x:c r="B2" s="1"><x:v>45322</x:v></x:c></x:row></x:sheetData></x:worksheet>',
  },
  'without places, styles and shared strings, with names in capitals': {
    '_rels/.rels': `<Relationships>${relation('a', `${OFFICE}/officeDocument`, 'xl/Workbook.xml')}</Relationships>`,
    'xl/workbook.xml': '<workbook xmlns:r="b"><sheets><sheet name="Contacts" r:id="b"/></sheets></workbook>',
    'xl/_rels/Workbook.xml.rels': `<Relationships>${relation('b', `${OFFICE}/worksheet`, './worksheets/../Worksheets/Sheet1.xml')}${relation('c', `${OFFICE}/styles`, 'styles.xml')}${relation('d', `${OFFICE}/externalLink`, 'https://example.com/other.xlsx', ' TargetMode="External"')}</Relationships>`,
    'xl/worksheets/sheet1.xml':
      '<worksheet>\n <sheetData>\n  <row>\n   <c t="inlineStr"><is><t>id</t></is></c>\n   <c t="str"><v>born</v></c>\n  </row>\n  <row><c t="inlineStr"><is><t>007</t></is></c><c t="d"><v>2024-01-31</v></c></row>\n </sheetData>\n <extLst><ext><v>9</v></ext></extLst></worksheet>',
  },
  'in strict form': {
    '_rels/.rels': `<Relationships>${relation('a', `${STRICT}/officeDocument/relationships/officeDocument`, 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${STRICT}/spreadsheetml/main" xmlns:r="${STRICT}/officeDocument/relationships" conformance="strict"><workbookPr date1904="true"/><sheets><sheet name="Contacts" sheetId="1" r:id="b"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('b', `${STRICT}/officeDocument/relationships/worksheet`, 'worksheets/sheet1.xml')}${relation('c', `${STRICT}/officeDocument/relationships/styles`, 'styles.xml')}</Relationships>`,
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="30" formatCode="yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="30"/></cellXfs><dxfs><dxf><numFmt numFmtId="30" formatCode="0.00"/></dxf></dxfs></styleSheet>',
    'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="utf-8"?><worksheet xmlns="${STRICT}/spreadsheetml/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>born</t></is></c></row><row r="2"><c r="A2" t="str"><v>007</v></c><c r="B2" s="1"><v>43860</v></c></row></sheetData></worksheet>`,
  },
}

test.each(Object.entries(PROGRAMS))('a workbook %s is read', async (_, parts) => {
  await writeZip(
    join(base, 'x.xlsm'),
    Object.entries(parts).map(([name, text]) => [name, [text]] as const),
  )
  const { header, rows } = await openedRows(base, 'x.xlsm')
  expect({ header, rows }).toEqual({ header: ['id', 'born'], rows: [['007', '2024-01-31']] })
})
