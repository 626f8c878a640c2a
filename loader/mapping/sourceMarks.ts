// What spreadsheets and exports leave in the values of a file: formulas, guards, error cells, words for null, wrong letters.
import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { identifyingFields, type SyncPlan } from '../plan/syncPlan.ts'
import { isMojibake } from '../sources/mojibake.ts'
import type { RejectedRow } from './mapCells.ts'

/** A column that is sent. */
type MarkedColumn = {
  readonly name: string
  readonly position: number
  readonly isKey: boolean
  /** Whether only values that the spec lists are read, so that none is sent as it is written. */
  readonly isListed: boolean
}

/** Characters of an example. */
const SHOWN = 40

/** The words of a spreadsheet's error cells, such as `#REF!` and `#NAME?`: Excel and LibreOffice write them in the language of the user. */
const ERROR_WORDS = [
  'REF NAME VALUE NULL NUM SPILL CALC FIELD CONNECT BLOCKED UNKNOWN BUSY PYTHON TIMEOUT BEZUG WERT ZAHL ÜBERLAUF KALK NOM VALEUR NUL NOMBRE VALOR NULO NÚM RIF NOME VALORE NULLO',
  'VERW NAAM WAARDE LEEG GETAL ADR NAZWA ARG ZERO LICZBA REFERENS NAMN VÄRDEFEL SKÄRNING OGILTIGT NAVN VÆRDI VERDI VIITTAUS NIMI',
  'ARVO TYHJÄ LUKU ССЫЛКА ИМЯ ЗНАЧ ПУСТО ЧИСЛО BAŞV AD DEĞER BOŞ SAYI ODKAZ NÁZEV HODNOTA ČÍSLO HIV NÉV ÉRTÉK NULLA SZÁM',
].flatMap(words => words.split(' '))

/** Also the division by zero, `#N/A` in other languages, `########` for a value that is wider than its column, and LibreOffice's `Err:502`. */
const SPREADSHEET_ERROR = new RegExp(
  `^(?:#[¡¿]?(?:${ERROR_WORDS.join('|')})[!?]|#¡?\\p{Lu}+/0!|#(?:NV|N/D|N/B|I/T|Н/Д|YOK|GETTING_DATA)|#{5,}|Err:5\\d\\d)$`,
  'u',
)
const LONGEST_ERROR = 255

/** How Excel shows a number that is wider than its column, and saves it: without its last digits. */
const SHORTENED = /^[-+]?\d(?:[.,]\d+)?E\+\d\d\d?$/

/** What MySQL, PostgreSQL, Hive, JavaScript and Python write for a value that does not exist. */
export const NULL_WORDS: ReadonlySet<string> = new Set([
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

/** A value that was quoted twice, or by another sign than the CSV. */
const QUOTED = /^(?:"[^"]*"|'[^']*'|“[^”]*”|„[^“”]*[“”]|«[^»]*»)$/

/** Control characters, and characters without a width that no script needs. */
const UNSEEN = /(?![\t\n\r])\p{Cc}|[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/u

type Notice = 'formula' | 'apostrophe' | 'quoted' | 'null' | 'shortened' | 'mojibake' | 'lost' | 'unseen'

const NOTICES: Readonly<Record<Notice, (values: string) => string>> = {
  formula: values => `${values} written as a formula for spreadsheets (="…") and read without it`,
  apostrophe: values => `${values} guarded against formulas by an apostrophe and sent as written`,
  quoted: values =>
    `${values} in quotes that belong to the value, and sent with them; the file may have been quoted twice`,
  null: values =>
    `${values} a word for null and sent as text; if they are blank, add them to blankValues beside the uri of the source`,
  shortened: values =>
    `${values} in the form that Excel gives long numbers, and sent as written; the last digits may be lost: format the column as text or as a number without decimals, and save the file again`,
  mojibake: values =>
    `${values} UTF-8 that was read in another encoding and saved again, and sent as written; export the data again as UTF-8`,
  lost: values => `${values} without letters that were lost before the file was written (U+FFFD is in their place)`,
  unseen: values => `${values} with control or invisible characters, and sent as written`,
}

/** A key with such a mark would find no record, and an upsert would create a second one. */
const KEY_PROBLEMS: Readonly<Record<Exclude<Notice, 'formula'>, string>> = {
  apostrophe: 'the key begins with an apostrophe, a guard against formulas; write it without',
  quoted: 'the key is in quotes that belong to the value; write it without',
  null: 'the key is a word for null; correct it, or add the word to blankValues beside the uri of the source',
  shortened:
    'the key is a number whose last digits a spreadsheet left out; format the column as text and enter or export it again',
  mojibake: 'the key is UTF-8 that was read in another encoding; export the data again as UTF-8',
  lost: 'the key has lost letters (U+FFFD is in their place); export the data again',
  unseen: 'the key has control or invisible characters; write it without',
}

type Place = { readonly row: number; readonly column: string; readonly value: string }
type Seen = Place & { count: number }

/** Reads the marks of the values that are sent, row by row, and counts what a person must know. */
export class SourceMarks {
  readonly #columns: readonly MarkedColumn[]
  readonly blankValues: readonly string[]
  readonly #blanks: ReadonlySet<string>
  readonly #seen = new Map<Notice, Seen>()
  /** Marks of the row that was read last. */
  #noted: (readonly [Notice, Place])[] = []

  constructor(plan: SyncPlan, positionOf: (column: string) => number, blankValues: readonly string[]) {
    const keys = new Set(
      plan.operations.flatMap(operation => identifyingFields(plan, operation).map(({ name }) => name)),
    )
    this.#columns = plan.fields.flatMap(({ name, mapping }) =>
      sourceColumns(mapping).map(column => ({
        name: column,
        position: positionOf(column),
        isKey: keys.has(name) || 'from' in mapping,
        isListed: 'column' in mapping && mapping.values !== undefined && mapping.unlisted !== 'keep',
      })),
    )
    this.blankValues = blankValues
    this.#blanks = new Set(blankValues)
  }

  /** The values without their marks, or why the row is rejected. */
  read(row: number, values: readonly string[]): readonly string[] | RejectedRow {
    return this.#read(row, values, () => true)
  }

  /** The same for the columns of keys alone. */
  readKeys(row: number, values: readonly string[]): readonly string[] | RejectedRow {
    return this.#read(row, values, ({ isKey }) => isKey)
  }

  #read(
    row: number,
    values: readonly string[],
    isRead: (column: MarkedColumn) => boolean,
  ): readonly string[] | RejectedRow {
    let read = values
    this.begin()
    for (const [index, column] of this.#columns.entries()) {
      if (!isRead(column)) continue
      const value = values[column.position] ?? ''
      const text = this.readValue(row, index, value)
      if (typeof text !== 'string') return text
      if (text !== value) read = read.with(column.position, text)
    }
    return read
  }

  /** Begins a row whose values are read one by one. */
  begin(): void {
    this.#noted = []
  }

  /** The value without its mark, or why its row is rejected. @param index of a field with a column, in the order of the plan */
  readValue(row: number, index: number, value: string): string | RejectedRow {
    if (isOrdinary(value) && this.#blanks.size === 0) return value
    return this.#text(row, this.#columns[index] as MarkedColumn, value)
  }

  /** Counts the marks of the row that was read last: it is sent. */
  count(): void {
    for (const [notice, place] of this.#noted) {
      const seen = this.#seen.get(notice)
      if (seen === undefined) this.#seen.set(notice, { count: 1, ...place })
      else seen.count += 1
    }
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
    if (trimmed.length <= LONGEST_ERROR && SPREADSHEET_ERROR.test(trimmed))
      return rejection(`${trimmed} is an error of a spreadsheet, not a value`, column)
    const formula = formulaText(trimmed)
    if (formula !== undefined) {
      this.#noted.push(['formula', { row, column: column.name, value }])
      return formula
    }
    const notices = column.isListed ? [] : noticesOf(value, trimmed)
    const [first] = notices
    if (first !== undefined && column.isKey) return rejection(KEY_PROBLEMS[first], column)
    for (const notice of notices) this.#noted.push([notice, { row, column: column.name, value }])
    return value
  }
}

/** The text that a value writes as a formula; undefined for any other value. */
export function formulaText(trimmed: string): string | undefined {
  return FORMULA_TEXT.exec(trimmed)?.[1]?.replaceAll('""', '"')
}

function noticesOf(value: string, trimmed: string): readonly (keyof typeof KEY_PROBLEMS)[] {
  const isNull = trimmed.length <= LONGEST_NULL_WORD && NULL_WORDS.has(trimmed)
  return [
    ...(APOSTROPHE_GUARD.test(trimmed) ? (['apostrophe'] as const) : []),
    ...(QUOTED.test(trimmed) ? (['quoted'] as const) : []),
    ...(isNull ? (['null'] as const) : []),
    ...(SHORTENED.test(trimmed) ? (['shortened'] as const) : []),
    ...(isMojibake(value) ? (['mojibake'] as const) : []),
    ...(value.includes('\uFFFD') ? (['lost'] as const) : []),
    ...(UNSEEN.test(trimmed) ? (['unseen'] as const) : []),
  ]
}

const rejection = (problem: string, { name }: MarkedColumn): RejectedRow => ({
  rejected: true,
  operation: '',
  errorCode: 'INVALID_VALUE',
  errorMessage: `${problem} (column ${name})`,
})

/** First characters of the marks in ASCII, and blanks before them. */
const FIRST: ReadonlySet<number> = new Set([...`#'"(<=EN[\\nu \t`].map(character => character.charCodeAt(0)))

const PLUS = 43
const EXPONENT = 69

/** Whether a value is ASCII, begins like no mark and has no exponent: most values are. */
function isOrdinary(value: string): boolean {
  const { length } = value
  if (length === 0) return true
  if (FIRST.has(value.charCodeAt(0))) return false
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at)
    if (code === PLUS && value.charCodeAt(at - 1) === EXPONENT) return false
    if (code > 126 || (code < 32 && code !== 10 && code !== 13 && code !== 9)) return false
  }
  return true
}
