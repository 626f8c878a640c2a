const QUOTE = 34
const LF = 10
const CR = 13

/** One line of an uploaded CSV. `malformed`: something other than a delimiter is outside the quotes of a value. */
export type CsvRow = { readonly values: readonly string[]; readonly malformed: boolean }

type Cell = { readonly value: string; readonly end: number; readonly malformed: boolean }

/**
 * Reads CSV in pieces, by the rules of Bulk API 2.0: quotes are doubled inside quotes, values are not trimmed, and a byte
 * order mark belongs to the first name. Line ends may be LF or CRLF here; whether they are the declared ones is checked by the job.
 * Blank lines are skipped; a line of empty quotes is a row.
 */
export class CsvReader {
  readonly #delimiter: number
  #rest = ''

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0)
  }

  /** The rows that end in this piece. */
  push(piece: string): CsvRow[] {
    return this.#read(this.#rest + piece, false)
  }

  /** The row that ends with the data, if there is one. */
  end(): CsvRow[] {
    return this.#read(this.#rest, true)
  }

  #read(text: string, isLast: boolean): CsvRow[] {
    const rows: CsvRow[] = []
    let position = 0
    while (position < text.length) {
      const start = position
      const row = this.#readRow(text, start, isLast)
      if (row === undefined) break
      position = row.end
      if (row.values.length > 1 || row.values[0] !== '' || text.charCodeAt(start) === QUOTE) rows.push(row)
    }
    this.#rest = text.slice(position)
    return rows
  }

  #readRow(text: string, start: number, isLast: boolean): (CsvRow & { readonly end: number }) | undefined {
    const values: string[] = []
    let malformed = false
    let position = start
    for (;;) {
      const cell = text.charCodeAt(position) === QUOTE ? this.#quoted(text, position) : this.#plain(text, position)
      if (cell === undefined) {
        if (!isLast) return undefined
        // The data ends inside quotes: the rest is the value, and the row counts as malformed.
        return { values: [...values, text.slice(position + 1)], malformed: true, end: text.length }
      }
      values.push(cell.value)
      malformed = malformed || cell.malformed
      const { end } = cell
      if (end >= text.length) return isLast ? { values, malformed, end } : undefined
      if (text.charCodeAt(end) === this.#delimiter) {
        position = end + 1
        continue
      }
      if (text.charCodeAt(end) === LF) return { values, malformed, end: end + 1 }
      if (end + 1 >= text.length && !isLast) return undefined
      return { values, malformed, end: text.charCodeAt(end + 1) === LF ? end + 2 : end + 1 }
    }
  }

  #plain(text: string, start: number): Cell {
    let end = start
    let malformed = false
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === this.#delimiter || code === LF || (code === CR && isLineEnd(text, end))) break
      if (code === QUOTE) malformed = true
    }
    return { value: text.slice(start, end), end, malformed }
  }

  #quoted(text: string, start: number): Cell | undefined {
    let close = text.indexOf('"', start + 1)
    let doubled = false
    while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) {
      doubled = true
      close = text.indexOf('"', close + 2)
    }
    if (close === -1) return undefined
    const inside = text.slice(start + 1, close)
    const after = this.#plain(text, close + 1)
    return {
      value: (doubled ? inside.replaceAll('""', '"') : inside) + after.value,
      end: after.end,
      malformed: after.value !== '',
    }
  }
}

// A lone CR inside a value is part of it; at the end of a piece it may begin a CRLF.
function isLineEnd(text: string, position: number) {
  return position + 1 >= text.length || text.charCodeAt(position + 1) === LF
}
