// Writes a table as an Excel workbook of one sheet, as a stream, as large as the bench needs it.
import { workbookParts, xmlText } from './workbookParts.ts'
import { writeZip } from './zipFile.ts'

/** A value with the type that its cell gets; null is no cell. A day is `yyyy-MM-dd`, a time `yyyy-MM-ddTHH:mm:ssZ`. */
export type WrittenCell = string | number | boolean | null | { readonly day: string } | { readonly time: string }

type WrittenTable = {
  readonly sheet: string
  /** At most 26 values in each; the first row has the names of the columns. Iterated twice if the strings are shared. */
  readonly rows: () => Iterable<readonly WrittenCell[]>
  /** Where the strings are: in the cells, or in a part of their own, each as often as it occurs. */
  readonly strings: 'inline' | 'shared'
}

/** Rows joined for one write. */
const BLOCK = 1_000

/** Numbers of the styles of `FORMATS`. */
const [DAY_STYLE, TIME_STYLE] = [1, 2]
const FORMATS = ['yyyy\\-mm\\-dd', 'yyyy\\-mm\\-dd\\ hh:mm:ss']

export async function writeWorkbook(path: string, table: WrittenTable): Promise<void> {
  const { sheet, rows, strings } = table
  await writeZip(
    path,
    workbookParts({
      sheets: [{ name: sheet, texts: sheetTexts(table) }],
      formats: FORMATS,
      strings: strings === 'shared' ? blocks(rows(), sharedStrings) : [],
    }),
  )
}

function* sheetTexts({ rows, strings }: WrittenTable): Generator<string> {
  let shared = 0
  const cell = (value: WrittenCell, name: string): string => {
    if (value === null) return ''
    if (typeof value === 'number') return `<c r="${name}"><v>${value}</v></c>`
    if (typeof value === 'boolean') return `<c r="${name}" t="b"><v>${Number(value)}</v></c>`
    if (typeof value === 'object') {
      const [style, text] = 'day' in value ? [DAY_STYLE, value.day] : [TIME_STYLE, value.time]
      return `<c r="${name}" s="${style}"><v>${serialOf(text)}</v></c>`
    }
    if (strings === 'shared') return `<c r="${name}" t="s"><v>${shared++}</v></c>`
    return `<c r="${name}" t="inlineStr"><is>${textElement(value)}</is></c>`
  }
  let number = 0
  yield '<sheetData>'
  yield* blocks(rows(), values => {
    number += 1
    const cells = values.map((value, index) => cell(value, `${String.fromCharCode(65 + index)}${number}`))
    return `<row r="${number}">${cells.join('')}</row>`
  })
  yield '</sheetData>'
}

/** Days since the end of 1899, the time of day as a fraction. */
const serialOf = (text: string): number => Date.parse(text) / 86_400_000 + 25_569

const sharedStrings = (values: readonly WrittenCell[]): string =>
  values.map(value => (typeof value === 'string' ? `<si>${textElement(value)}</si>` : '')).join('')

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

const textElement = (text: string): string => `<t xml:space="preserve">${xmlText(text)}</t>`
