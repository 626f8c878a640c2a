// Writes Excel workbooks of one sheet as a stream, as large as the bench needs them.
import { writeZip } from './zipFile.ts'

/** A value with the type that its cell gets; null is no cell. A day is `yyyy-MM-dd`, a time `yyyy-MM-ddTHH:mm:ssZ`. */
export type WrittenCell = string | number | boolean | null | { readonly day: string } | { readonly time: string }

export type WrittenSheet = {
  readonly name: string
  /** The first row has the names of the columns. Iterated twice if the strings are shared. */
  readonly rows: () => Iterable<readonly WrittenCell[]>
  /** Where the strings are: in the cells, or in a part of their own, each once for every cell. */
  readonly strings: 'inline' | 'shared'
}

/** Rows joined for one write. */
const BLOCK = 1_000

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Numbers of the cell styles in `STYLES`. */
const [DAY_STYLE, TIME_STYLE] = [1, 2]

const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`

export async function writeWorkbook(path: string, sheet: WrittenSheet): Promise<void> {
  const isShared = sheet.strings === 'shared'
  await writeZip(path, [
    ['[Content_Types].xml', [contentTypes()]],
    ['_rels/.rels', [relations([['officeDocument', 'xl/workbook.xml']])]],
    [
      'xl/workbook.xml',
      [
        `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="${escaped(sheet.name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ],
    ],
    [
      'xl/_rels/workbook.xml.rels',
      [
        relations([
          ['worksheet', 'worksheets/sheet1.xml'],
          ['styles', 'styles.xml'],
          ['sharedStrings', 'sharedStrings.xml'],
        ]),
      ],
    ],
    ['xl/styles.xml', [STYLES]],
    ['xl/worksheets/sheet1.xml', sheetTexts(sheet)],
    ['xl/sharedStrings.xml', isShared ? sharedTexts(sheet) : [`${XML}<sst xmlns="${MAIN}"/>`]],
  ])
}

const contentTypes = (): string =>
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const items = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  )
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${items.join('')}</Relationships>`
}

function* sheetTexts({ rows, strings }: WrittenSheet): Generator<string> {
  let shared = 0
  const cell = (value: WrittenCell, column: string): string => {
    if (value === null) return ''
    if (typeof value === 'number') return `<c r="${column}"><v>${value}</v></c>`
    if (typeof value === 'boolean') return `<c r="${column}" t="b"><v>${Number(value)}</v></c>`
    if (typeof value === 'object') {
      const [style, text] = 'day' in value ? [DAY_STYLE, value.day] : [TIME_STYLE, value.time]
      return `<c r="${column}" s="${style}"><v>${serialOf(text)}</v></c>`
    }
    if (strings === 'shared') return `<c r="${column}" t="s"><v>${shared++}</v></c>`
    return `<c r="${column}" t="inlineStr"><is>${textElement(value)}</is></c>`
  }
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetData>`
  let number = 0
  yield* blocks(rows(), values => {
    number += 1
    const cells = values.map((value, index) => cell(value, `${String.fromCharCode(65 + index)}${number}`))
    return `<row r="${number}">${cells.join('')}</row>`
  })
  yield '</sheetData></worksheet>'
}

/** Days since the end of 1899, the time of day as a fraction. */
const serialOf = (text: string): number => Date.parse(text) / 86_400_000 + 25_569

function* sharedTexts({ rows }: WrittenSheet): Generator<string> {
  yield `${XML}<sst xmlns="${MAIN}">`
  yield* blocks(rows(), values =>
    values.map(value => (typeof value === 'string' ? `<si>${textElement(value)}</si>` : '')).join(''),
  )
  yield '</sst>'
}

function* blocks<Row>(rows: Iterable<Row>, textOf: (row: Row) => string): Generator<string> {
  let texts: string[] = []
  for (const row of rows) {
    texts.push(textOf(row))
    if (texts.length < BLOCK) continue
    yield texts.join('')
    texts = []
  }
  yield texts.join('')
}

const textElement = (text: string): string => `<t xml:space="preserve">${escaped(text)}</t>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
