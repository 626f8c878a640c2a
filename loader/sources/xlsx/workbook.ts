import { broken, WorkbookError } from './errors.ts'
import { type NumberFormat, numberFormat } from './numberFormat.ts'
import { readRelations, readSmallPart, relationsOfType } from './relations.ts'
import type { XmlHandler } from './xmlReader.ts'
import type { ZipParts } from './zipParts.ts'

export type Sheet = {
  readonly name: string
  readonly isVisible: boolean
  /** `worksheet`, `chartsheet`, `dialogsheet`, `xlMacrosheet` */
  readonly kind: string
  /** The name of its part. */
  readonly part: string
}

/** What a workbook says about itself, without its cells. */
export type Workbook = {
  readonly sheets: readonly Sheet[]
  /** Whether days are counted from 1904 on, as Excel for Macintosh did. */
  readonly is1904: boolean
  /** Whether the program that wrote the workbook left its formulas to be calculated when Excel opens it: their values are not valid. */
  readonly isToCalculate: boolean
  /** The number format of each style of cells. */
  readonly formats: readonly NumberFormat[]
  /** The part of the shared strings. */
  readonly strings: string | undefined
}

/** Reads the parts that describe a workbook. Throws WorkbookError when the file is something else. */
export async function readWorkbook(source: string, parts: ZipParts): Promise<Workbook> {
  checkKind(source, parts)
  const [main] = relationsOfType(await readRelations(source, parts, ''), 'officeDocument')
  if (main === undefined || !parts.has(main.part)) throw notWorkbook(source, 'a ZIP archive', 'Unpack it first.')
  const relations = await readRelations(source, parts, main.part)
  const found = workbookHandler()
  await readSmallPart(source, parts, main.part, found)
  const sheets = found.sheets.map(sheet => {
    const relation = relations.get(sheet.relation)
    if (relation === undefined) throw broken(source, `its sheet ${JSON.stringify(sheet.name)} has no part`)
    return { name: sheet.name, isVisible: sheet.isVisible, kind: relation.type, part: relation.part }
  })
  const [styles] = relationsOfType(relations, 'styles')
  const [strings] = relationsOfType(relations, 'sharedStrings')
  const styled = stylesHandler()
  if (styles !== undefined && parts.has(styles.part)) await readSmallPart(source, parts, styles.part, styled)
  const { is1904, isToCalculate } = found.facts
  return { sheets, is1904, isToCalculate, formats: styled.formats(), strings: strings?.part }
}

const SAVE = 'Open it there and save it as .xlsx.'

/** Files that are ZIP files too, by a part that only they have. */
const OTHER_FILES: readonly { readonly part: RegExp; readonly looksLike: string; readonly advice: string }[] = [
  { part: /^xl\/workbook\.bin$/, looksLike: 'a binary workbook (.xlsb)', advice: 'Save it in Excel as .xlsx.' },
  { part: /^word\//, looksLike: 'a Word document', advice: 'Copy its table into a workbook.' },
  { part: /^ppt\//, looksLike: 'a PowerPoint presentation', advice: 'Copy its table into a workbook.' },
  {
    part: /^index\/document\.iwa$/,
    looksLike: 'an Apple Numbers document',
    advice: 'Export it from Numbers as .xlsx.',
  },
  { part: /^mimetype$/, looksLike: 'an OpenDocument file (.ods)', advice: SAVE },
]

function checkKind(source: string, parts: ZipParts): void {
  for (const { part, looksLike, advice } of OTHER_FILES) {
    if (parts.names.some(name => part.test(name))) throw notWorkbook(source, looksLike, advice)
  }
  if (!parts.has('_rels/.rels')) throw notWorkbook(source, 'a ZIP archive', 'Unpack it, and load the file inside.')
}

const notWorkbook = (source: string, looksLike: string, advice: string): WorkbookError =>
  new WorkbookError(source, 'notWorkbook', `it looks like ${looksLike}`, advice)

function workbookHandler() {
  const sheets: { readonly name: string; readonly relation: string; readonly isVisible: boolean }[] = []
  const facts = { is1904: false, isToCalculate: false }
  let isSheets = false
  const handler: XmlHandler = {
    open(name, scanner) {
      const { name: sheet = '', state = 'visible', date1904, fullCalcOnLoad, ...others } = scanner.attributes()
      if (name === 'sheets') isSheets = true
      else if (name === 'sheet' && isSheets) {
        sheets.push({ name: sheet, relation: relationOf(others), isVisible: state === 'visible' })
      } else if (name === 'workbookPr') facts.is1904 = isTrue(date1904)
      else if (name === 'calcPr') facts.isToCalculate = isTrue(fullCalcOnLoad)
    },
    close(name) {
      if (name === 'sheets') isSheets = false
    },
  }
  return { ...handler, sheets, facts }
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true'

/** The attribute `r:id`; programs choose other prefixes. */
const relationOf = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? ''

function stylesHandler() {
  const declared = new Map<number, string>()
  const styles: number[] = []
  let parent = ''
  const handler: XmlHandler = {
    open(name, scanner) {
      const { numFmtId, formatCode = '' } = scanner.attributes()
      if (name === 'numFmts' || name === 'cellXfs') parent = name
      else if (name === 'numFmt' && parent === 'numFmts') declared.set(Number(numFmtId), formatCode)
      else if (name === 'xf' && parent === 'cellXfs') styles.push(Number(numFmtId ?? 0))
    },
    close(name) {
      if (name === parent) parent = ''
    },
  }
  return { ...handler, formats: () => compiledFormats(styles, declared) }
}

/** Many styles have few formats. */
function compiledFormats(styles: readonly number[], declared: ReadonlyMap<number, string>): readonly NumberFormat[] {
  const compiled = new Map([...new Set(styles)].map(id => [id, numberFormat(id, declared)]))
  return styles.map(id => compiled.get(id) as NumberFormat)
}

/** The rows with the totals of the only table of a sheet: these are not records. Several tables may share a row. */
export async function readTotalsRows(source: string, parts: ZipParts, sheet: Sheet): Promise<ReadonlySet<number>> {
  const [table, ...others] = relationsOfType(await readRelations(source, parts, sheet.part), 'table')
  const rows = new Set<number>()
  if (table === undefined || others.length > 0) return rows
  await readSmallPart(source, parts, table.part, {
    open(name, scanner) {
      if (name !== 'table') return
      const { ref = '', totalsRowCount = '0' } = scanner.attributes()
      if (Number(totalsRowCount) > 0) rows.add(Number(/\d+$/.exec(ref)?.[0]))
    },
    close() {},
  })
  return rows
}
