import { CELL, type CellBatch, cellText } from '../csv/cells.ts'
import type { FieldDescribe, FieldType } from '../salesforce/describe.ts'
import { CLEAR, compileComparisonKey } from './fieldValue.ts'

/** How the bytes of a cell become the value that is compared, when they need no string. */
type ByteForm = 'text' | 'lowerCase' | 'list' | 'number' | 'day' | 'instant' | 'flag' | 'id' | 'never'

const TYPE_FORMS: Partial<Record<FieldType, ByteForm>> = {
  id: 'id',
  reference: 'id',
  boolean: 'flag',
  email: 'lowerCase',
  multipicklist: 'list',
  double: 'number',
  currency: 'number',
  percent: 'number',
  int: 'number',
  long: 'number',
  date: 'day',
  datetime: 'instant',
  time: 'never',
}

/** Takes the texts of which a hash consists. */
export type TextHash = {
  add(text: string): unknown
  addBytes(bytes: Uint8Array, start: number, end: number): unknown
  addFolded(bytes: Uint8Array, start: number, end: number): unknown
}

/** A cell with any of these has another comparison form, or has to be decoded first. */
const NOT_PLAIN = CELL.UNUSUAL | CELL.LINE_END | CELL.QUOTE

/**
 * Compiles the function that adds the comparison form of a cell (`compileComparisonKey`) to a hash: as bytes where they have that form
 * already, as nearly all cells do, otherwise as a string.
 */
export function compileComparedCell(field: FieldDescribe): (hash: TextHash, cells: CellBatch, cell: number) => void {
  const form = TYPE_FORMS[field.type] ?? 'text'
  const keyOf = compileComparisonKey(field)
  return (hash, cells, cell) => {
    const { bytes, starts, ends, marks } = cells
    const start = starts[cell] as number
    const end = ends[cell] as number
    const formEnd = ((marks[cell] as number) & NOT_PLAIN) === 0 ? plainEnd(form, bytes, start, end) : -1
    if (formEnd < 0) hash.add(keyOf(cellText(cells, cell)))
    else if (form === 'lowerCase') hash.addFolded(bytes, start, formEnd)
    else hash.addBytes(bytes, start, formEnd)
  }
}

/**
 * Where the comparison form of a value ends, which begins where the value does; -1 when it is another text. undefined for a type of which
 * only a string shows that, or whose values have one spelling.
 */
export function formEnd(type: FieldType): ((value: ValueRange) => number) | undefined {
  const form = TYPE_FORMS[type]
  if (form !== 'number' && form !== 'instant') return undefined
  return ({ bytes, start, end }) => (start === end ? start : plainEnd(form, bytes, start, end))
}

type ValueRange = { readonly bytes: Uint8Array; readonly start: number; readonly end: number }

const BLANK = 32
const POINT = 46
const ZERO = 48
const NINE = 57
const SEMICOLON = 59
const CLEARED = Buffer.from(CLEAR)
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

const ID_LENGTH = 18
const DAY_LENGTH = 10
const INSTANT_LENGTH = 24
/** Fractions of a second and the time zone are no part of the comparison form. */
const INSTANT_END = Buffer.from('.000Z')
/** Digits of a whole number that a double holds exactly. */
const MOST_DIGITS = 15
/** Beyond these JavaScript writes small numbers with an exponent. */
const MOST_DECIMALS = 6

/** Where the comparison form of plain ASCII text ends, which begins where the text does; -1 when it is another text. */
function plainEnd(form: ByteForm, bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length === 0 || (length === CLEARED.length && isAt(bytes, start, CLEARED))) return start
  if ((bytes[start] as number) <= BLANK || (bytes[end - 1] as number) <= BLANK) return -1
  switch (form) {
    case 'text':
    case 'lowerCase':
      return end
    case 'list':
      return bytes.subarray(start, end).includes(SEMICOLON) ? -1 : end
    case 'number':
      return numberEnd(bytes, start, end)
    case 'day':
      return length <= DAY_LENGTH ? end : -1
    case 'instant':
      return length === INSTANT_LENGTH && isAt(bytes, end - INSTANT_END.length, INSTANT_END)
        ? end - INSTANT_END.length
        : -1
    case 'flag':
      return isFlag(bytes, start, length) ? end : -1
    case 'id':
      return length === ID_LENGTH ? end : -1
    case 'never':
      return -1
  }
}

function isFlag(bytes: Uint8Array, start: number, length: number): boolean {
  if (length === TRUE.length) return isAt(bytes, start, TRUE)
  return length === FALSE.length && isAt(bytes, start, FALSE)
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false
  return true
}

/** A number without a sign, an exponent or a leading zero; zeros at the end of its decimals are no part of its form. */
function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > MOST_DIGITS + 1) return -1
  let point = -1
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === POINT && point < 0) point = at
    else if (byte < ZERO || byte > NINE) return -1
  }
  const wholeEnd = point < 0 ? end : point
  if (wholeEnd === start || (wholeEnd - start > 1 && bytes[start] === ZERO)) return -1
  if (point < 0) return end - start > MOST_DIGITS ? -1 : end
  if (point === end - 1 || end - point - 1 > MOST_DECIMALS) return -1
  let last = end
  while (bytes[last - 1] === ZERO) last -= 1
  return bytes[last - 1] === POINT ? last - 1 : last
}
