/** What the bytes of a cell have, in one number. A byte that is in none of these classes is printable ASCII. */
export const CELL = {
  /** `+`; also the exponent of a number has one. */
  PLUS: 1,
  /** `E` */
  CAPITAL_E: 2,
  BACKSLASH: 4,
  COMMA: 8,
  /** LF or CR: only in a quoted cell. */
  LINE_END: 16,
  /** A byte beyond ASCII, or a control character other than tab, LF and CR. */
  UNUSUAL: 32,
  /** A quote. In a quoted cell each quote is written twice. */
  QUOTE: 64,
  /** The cell is in quotes, which lie around its bytes. */
  QUOTED: 128,
} as const

const LAST_PRINTABLE = 126
const FIRST_PRINTABLE = 32

/** By byte: its mark. The quote has no other mark. */
export function markClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) {
    if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE) classes[byte] = CELL.UNUSUAL
  }
  classes[9] = 0
  classes[10] = CELL.LINE_END
  classes[13] = CELL.LINE_END
  classes[34] = CELL.QUOTE
  classes[43] = CELL.PLUS
  classes[44] = CELL.COMMA
  classes[69] = CELL.CAPITAL_E
  classes[92] = CELL.BACKSLASH
  return classes
}
