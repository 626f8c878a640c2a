/** One line of CSV, line feed included: a chunk as it is uploaded, or any file of results. */
export function csvLine(cells: readonly string[]): string {
  // A single blank value would be a blank line, which readers skip.
  if (cells.length === 1 && cells[0] === '') return '""\n'
  return `${csvCells(cells)}\n`
}

/** A part of a line: values with commas between them. */
export function csvCells(cells: readonly string[]): string {
  const { length } = cells
  let text = ''
  for (let i = 0; i < length; i++) {
    const cell = cells[i] as string
    if (i > 0) text += ','
    text += needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  }
  return text
}

/** Salesforce requires quotes around commas, quotes and line breaks; it keeps blanks at the ends only inside quotes. */
function needsQuotes(cell: string): boolean {
  const { length } = cell
  if (length === 0) return false
  if (cell.charCodeAt(0) === 32 || cell.charCodeAt(length - 1) === 32) return true
  for (let i = 0; i < length; i++) {
    const code = cell.charCodeAt(i)
    // Line feed, carriage return, double quote, comma.
    if (code === 44 || code === 34 || code === 10 || code === 13) return true
  }
  return false
}
