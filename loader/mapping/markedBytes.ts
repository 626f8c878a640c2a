import { CELL } from '../csv/cells.ts'
import { NULL_WORDS } from './sourceMarks.ts'

/** First bytes of marks of any length: `#REF!`, `="0123"`, `'=`, values in quotes; `#N/A` clears a field. */
const ANY_LENGTH = `#'"=`

/** `Err:502` of LibreOffice. */
const ERROR = 'Err:502'

const FIRST_PRINTABLE = 33
const LAST_PRINTABLE = 126
/** Longer words are not told apart. */
const LONGEST = 31
const ANY = -1

const PLUS = 43
const EXPONENT = 69

/**
 * Compiles the check whether a value may have a mark (`SourceMarks`), blanks at its ends, or bytes beyond printable ASCII. It may say so
 * of a value that has none. It gets the bytes of the value, which is not blank, and the bits of its cell.
 */
export function compileMayBeMarked(
  blankValues: readonly string[],
): (bytes: Uint8Array, start: number, end: number, mark: number) => boolean {
  const lengths = markLengths(blankValues)
  return (bytes, start, end, mark) => {
    if ((mark & (CELL.UNUSUAL | CELL.LINE_END | CELL.QUOTE)) !== 0) return true
    if ((bytes[end - 1] as number) < FIRST_PRINTABLE) return true
    const marked = lengths[bytes[start] as number] as number
    const length = end - start
    if (marked !== 0 && (marked === ANY || (length <= LONGEST && (marked & (1 << length)) !== 0))) return true
    return (mark & EXPONENT_BITS) === EXPONENT_BITS && hasExponent(bytes, start, end)
  }
}

const EXPONENT_BITS = CELL.PLUS | CELL.CAPITAL_E

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if (bytes[at] === PLUS && bytes[at - 1] === EXPONENT) return true
  return false
}

/** By first byte: the lengths of words that are marks, as bits; ANY for every length. */
function markLengths(blankValues: readonly string[]): Int32Array {
  const lengths = new Int32Array(256)
  for (const word of [...NULL_WORDS, ERROR, ...blankValues]) {
    const bytes = Buffer.from(word)
    const first = bytes[0]
    if (first === undefined) continue
    lengths[first] = bytes.length > LONGEST ? ANY : (lengths[first] as number) | (1 << bytes.length)
  }
  for (const character of ANY_LENGTH) lengths[character.charCodeAt(0)] = ANY
  lengths.fill(ANY, 0, FIRST_PRINTABLE)
  lengths.fill(ANY, LAST_PRINTABLE + 1)
  return lengths
}
