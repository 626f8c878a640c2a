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

/**
 * Consecutive records as positions in bytes of UTF-8. Valid until the next batch is requested: all of its memory is used again.
 * Record `i` has the cells from `firstCells[i]` to `firstCells[i + 1]`, the end excluded; it may have fewer or more cells than
 * the header has names.
 */
export type CellBatch = {
  /** 1-based number of the first record; the header does not count. */
  readonly firstRow: number
  readonly records: number
  readonly bytes: Buffer
  readonly firstCells: Uint32Array
  /** Positions of the cells in `bytes`, without the quotes around them. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** By cell: bits of `CELL`. */
  readonly marks: Uint8Array
  /** Why a record can't be read for certain, by its index. */
  readonly problems: ReadonlyMap<number, string>
}

/** The value of a cell, by its index in the batch. */
export function cellText({ bytes, starts, ends, marks }: CellBatch, cell: number): string {
  const mark = marks[cell] as number
  const start = starts[cell] as number
  const end = ends[cell] as number
  if (start === end) return ''
  const text = bytes.toString((mark & CELL.UNUSUAL) === 0 ? 'latin1' : 'utf8', start, end)
  const isDoubled = (mark & CELL.QUOTE) !== 0 && (mark & CELL.QUOTED) !== 0
  return isDoubled ? text.replaceAll('""', '"') : text
}

/** The values of a record, by its index in the batch. */
export function recordValues(batch: CellBatch, record: number): string[] {
  const first = batch.firstCells[record] as number
  const end = batch.firstCells[record + 1] as number
  const values: string[] = new Array(end - first)
  for (let cell = first; cell < end; cell++) values[cell - first] = cellText(batch, cell)
  return values
}
