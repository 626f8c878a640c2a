// The parts of an Excel workbook as XML, with everything that Excel itself needs to open it.

/** A sheet of a workbook. */
export type SheetPart = {
  readonly name: string
  /** What is inside its `worksheet` element. */
  readonly texts: Iterable<string>
  readonly state?: 'hidden' | 'veryHidden'
  /** @default 'worksheet' */
  readonly kind?: 'worksheet' | 'chartsheet'
}

export type WorkbookSpec = {
  readonly sheets: readonly SheetPart[]
  /** Codes of number formats: a cell with the style `n` has the format `n - 1`, style 0 is General. */
  readonly formats?: readonly string[]
  /** The `si` elements of the shared strings. */
  readonly strings?: Iterable<string>
  /** Attributes of `workbookPr` and `calcPr`, such as `date1904="1"`. */
  readonly properties?: string
  readonly calculation?: string
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Number of the first format that a workbook declares itself. */
const FIRST_FORMAT = 164

type Part = readonly [name: string, texts: Iterable<string>]

/** The parts with their names, for `writeZip`. */
export function workbookParts(spec: WorkbookSpec): readonly Part[] {
  const { sheets, formats = [], strings = [] } = spec
  const targets = [
    ...sheets.map(({ kind = 'worksheet' }, index) => [kind, sheetName(index)] as const),
    ['styles', 'styles.xml'] as const,
    ['sharedStrings', 'sharedStrings.xml'] as const,
  ]
  return [
    ['[Content_Types].xml', [contentTypes(targets)]],
    ['_rels/.rels', [relations([['officeDocument', 'xl/workbook.xml']])]],
    ['xl/workbook.xml', [workbook(spec)]],
    ['xl/_rels/workbook.xml.rels', [relations(targets)]],
    ['xl/styles.xml', [styles(formats)]],
    ...sheets.map(({ texts, kind = 'worksheet' }, index): Part => [`xl/${sheetName(index)}`, sheet(kind, texts)]),
    ['xl/sharedStrings.xml', wrapped(`<sst xmlns="${MAIN}">`, strings, '</sst>')],
  ]
}

const sheetName = (index: number): string => `worksheets/sheet${index + 1}.xml`

function contentTypes(targets: readonly (readonly [type: string, target: string])[]): string {
  const parts = [['sheet.main', 'workbook.xml'] as const, ...targets]
  const overrides = parts.map(
    ([type, target]) => `<Override PartName="/xl/${target}" ContentType="${CONTENT}.${type}+xml"/>`,
  )
  const relationships = 'application/vnd.openxmlformats-package.relationships+xml'
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="${relationships}"/>${overrides.join('')}</Types>`
}

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const items = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  )
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${items.join('')}</Relationships>`
}

function workbook({ sheets, properties = '', calculation = '' }: WorkbookSpec): string {
  const listed = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${xmlText(name)}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${index + 1}"/>`,
  )
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr ${properties}/><sheets>${listed.join('')}</sheets><calcPr ${calculation}/></workbook>`
}

function styles(formats: readonly string[]): string {
  const codes = formats.map(
    (code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${xmlText(code)}"/>`,
  )
  const cells = ['<xf numFmtId="0"/>', ...formats.map((_, index) => `<xf numFmtId="${FIRST_FORMAT + index}"/>`)]
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts>${codes.join('')}</numFmts><cellXfs>${cells.join('')}</cellXfs></styleSheet>`
}

const sheet = (kind: string, texts: Iterable<string>): Iterable<string> =>
  wrapped(`<${kind} xmlns="${MAIN}" xmlns:r="${RELATIONS}">`, texts, `</${kind}>`)

function* wrapped(begin: string, texts: Iterable<string>, end: string): Generator<string> {
  yield XML + begin
  yield* texts
  yield end
}

/** Text as it is written in an element or an attribute. */
export const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
