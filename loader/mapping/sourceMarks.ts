// What spreadsheets and exports leave in the values of a file: formulas, guards, error cells, words for null, wrong letters.
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { identifyingField, type SyncPlan } from '../plan/syncPlan.ts'
import type { RejectedRow } from './mapCells.ts'
import { isMojibake } from './mojibake.ts'

/** A column that is sent. */
type MarkedColumn = { readonly name: string; readonly position: number; readonly isKey: boolean }

/** Characters of an example. */
const SHOWN = 40

const SPREADSHEET_ERRORS: ReadonlySet<string> = new Set([
  '#REF!',
  '#NAME?',
  '#VALUE!',
  '#DIV/0!',
  '#NULL!',
  '#NUM!',
  '#SPILL!',
  '#CALC!',
])

/** What MySQL, PostgreSQL, Hive, JavaScript and Python write for a value that does not exist. */
const NULL_WORDS: ReadonlySet<string> = new Set([
  String.raw`\N`,
  'NULL',
  'null',
  '(null)',
  '(NULL)',
  '[NULL]',
  '<null>',
  '<NULL>',
  'undefined',
  'NaN',
  'nan',
  'NaT',
  '[object Object]',
])
const LONGEST_NULL_WORD = 15

/** Google, Excel and many exports write text so, to keep leading zeros: ="0123". */
const FORMULA_TEXT = /^="((?:[^"]|"")*)"$/

/** An apostrophe keeps a spreadsheet from reading a formula or a number. */
const APOSTROPHE_GUARD = /^'[=+\-@\d]/

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is searched
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/

type Notice = 'formula' | 'apostrophe' | 'null' | 'mojibake' | 'lost' | 'control'

const NOTICES: Readonly<Record<Notice, (count: string) => string>> = {
  formula: count => `${count} written as a formula for spreadsheets (="…") and read without it`,
  apostrophe: count => `${count} guarded against formulas by an apostrophe and sent as written`,
  null: count =>
    `${count} a word for null and sent as text; if they are blank, add them to blankValues beside the uri of the source`,
  mojibake: count =>
    `${count} UTF-8 that was read in another encoding and saved again, and sent as written; export the data again as UTF-8`,
  lost: count => `${count} lost before the file was written (they have the character U+FFFD)`,
  control: count => `${count} with control characters and sent as written`,
}

type Seen = { count: number; readonly row: number; readonly column: string; readonly value: string }

/** Reads the marks of the values that are sent, row by row, and counts what a person must know. */
export class SourceMarks {
  readonly #columns: readonly MarkedColumn[]
  readonly #blanks: ReadonlySet<string>
  readonly #seen = new Map<Notice, Seen>()

  constructor(plan: SyncPlan, positionOf: (column: string) => number, blankValues: readonly string[]) {
    const keys = new Set(plan.operations.map(operation => identifyingField(plan, operation)?.name))
    this.#columns = plan.fields.flatMap(({ name, mapping }) =>
      'column' in mapping
        ? [{ name: mapping.column, position: positionOf(mapping.column), isKey: keys.has(name) }]
        : [],
    )
    this.#blanks = new Set(blankValues)
  }

  /** The values without their marks, or why the row is rejected. */
  read(row: number, values: readonly string[]): readonly string[] | RejectedRow {
    let read = values
    for (const column of this.#columns) {
      const value = values[column.position] ?? ''
      if (isOrdinary(value) && this.#blanks.size === 0) continue
      const text = this.#text(row, column, value)
      if (typeof text !== 'string') return text
      if (text !== value) read = read.with(column.position, text)
    }
    return read
  }

  /** One sentence per kind of mark, with its first place. */
  warnings(): readonly string[] {
    return [...this.#seen].map(([notice, { count, row, column, value }]) => {
      const shown = visibleText(JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value))
      const counted =
        count === 1 ? '1 value of the source is' : `${count.toLocaleString('en-US')} values of the source are`
      return `${NOTICES[notice](counted)}; the first is ${shown} in row ${row}, column ${JSON.stringify(column)}`
    })
  }

  #text(row: number, column: MarkedColumn, value: string): string | RejectedRow {
    const trimmed = value.trim()
    if (this.#blanks.has(trimmed)) return ''
    if (SPREADSHEET_ERRORS.has(trimmed))
      return rejection(`${trimmed} is an error of a spreadsheet, not a value`, column)
    const formula = FORMULA_TEXT.exec(trimmed)
    if (formula !== null) {
      this.#note('formula', row, column, value)
      return (formula[1] ?? '').replaceAll('""', '"')
    }
    if (APOSTROPHE_GUARD.test(trimmed)) {
      if (column.isKey)
        return rejection('the key begins with an apostrophe, a guard against formulas; write it without', column)
      this.#note('apostrophe', row, column, value)
    }
    if (trimmed.length <= LONGEST_NULL_WORD && NULL_WORDS.has(trimmed)) this.#note('null', row, column, value)
    if (isMojibake(value)) this.#note('mojibake', row, column, value)
    if (value.includes('\uFFFD')) this.#note('lost', row, column, value)
    if (CONTROL.test(value)) this.#note('control', row, column, value)
    return value
  }

  #note(notice: Notice, row: number, { name }: MarkedColumn, value: string): void {
    const seen = this.#seen.get(notice)
    if (seen === undefined) this.#seen.set(notice, { count: 1, row, column: name, value })
    else seen.count += 1
  }
}

const rejection = (problem: string, { name }: MarkedColumn): RejectedRow => ({
  rejected: true,
  operation: '',
  errorCode: 'INVALID_VALUE',
  errorMessage: `${problem} (column ${name})`,
})

/** First characters of the marks: # ' ( < = N [ \ n u, and blanks before them. */
const FIRST: ReadonlySet<number> = new Set([...`#'(<=N[\\nu \t`].map(character => character.charCodeAt(0)))

/** Whether a value is ASCII and begins like no mark: most values are. */
function isOrdinary(value: string): boolean {
  const { length } = value
  if (length === 0) return true
  if (FIRST.has(value.charCodeAt(0))) return false
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at)
    if (code > 126 || (code < 32 && code !== 10 && code !== 13 && code !== 9)) return false
  }
  return true
}
