// Text in columns, without lines around it: easy to read, and to grep.
import Table from 'cli-table3'
import prettyBytes from 'pretty-bytes'

/** Between two columns. */
const GAP = '  '

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
}

type Alignment = 'left' | 'right'

export type TableOptions = {
  readonly head?: readonly string[]
  readonly align?: readonly Alignment[]
  /** Columns to leave out when the table is too wide, by their heads, in this order. */
  readonly drop?: readonly string[]
  /** Characters in a line. @default those of the terminal; unlimited when standard output is a file or a pipe */
  readonly width?: number
}

/** A last column narrower than this is hard to read: its text then stands below its row. */
const NARROWEST = 28
/** Spaces before a text below its row. */
const INDENT = '    '

/**
 * A table whose lines have no spaces at their ends. A table that is too wide loses the columns of `drop`; then the texts of its
 * last column are wrapped at their spaces. No text is cut.
 */
export function columns(
  rows: readonly (readonly string[])[],
  { head = [], align = [], drop = [], width = terminalWidth() }: TableOptions = {},
): string {
  const table = { head, align, rows }
  const whole = rendered(table)
  const [dropped, ...others] = drop
  if (widthOf(whole) <= width) return whole
  if (dropped !== undefined) return columns(...without(table, head.indexOf(dropped), { drop: others, width }))
  const last = Math.max(...rows.map(row => row.length), head.length) - 1
  if (last < 1) return whole
  const left = width - widthOf(rendered(firstOnes(table, last))) - GAP.length
  if (left >= NARROWEST) return rendered(withLast(table, last, text => wrapped(text, left).join('\n')))
  return textsBelow(table, last, width)
}

type Cells = {
  readonly head: readonly string[]
  readonly align: readonly Alignment[]
  readonly rows: readonly (readonly string[])[]
}

function without(
  { head, align, rows }: Cells,
  index: number,
  options: Pick<TableOptions, 'drop' | 'width'>,
): [Cells['rows'], TableOptions] {
  const kept = <T>(cells: readonly T[]) => (index < 0 ? cells : cells.filter((_, at) => at !== index))
  return [rows.map(kept), { ...options, head: kept(head), align: kept(align) }]
}

/** The table with each text of the last column changed; its head stays. */
function withLast({ head, align, rows }: Cells, last: number, change: (text: string) => string): Cells {
  return { head, align, rows: rows.map(row => row.map((cell, index) => (index === last ? change(cell) : cell))) }
}

/** The columns before the last. */
function firstOnes({ head, align, rows }: Cells, last: number): Cells {
  return { head: head.slice(0, last), align, rows: rows.map(row => row.slice(0, last)) }
}

function textsBelow(table: Cells, last: number, width: number): string {
  const lines = rendered(firstOnes(table, last)).split('\n')
  const heads = table.head.length === 0 ? [] : lines.slice(0, 1)
  const below = table.rows.map((row, index) => [
    lines[heads.length + index] ?? '',
    ...wrapped(row[last] ?? '', width - INDENT.length)
      .filter(line => line !== '')
      .map(line => `${INDENT}${line}`),
  ])
  return [...heads, ...below.flat()].join('\n')
}

function rendered({ head, align, rows }: Cells): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: [...head],
    colAligns: [...align],
  })
  table.push(...rows.map(row => [...row]))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}

/** Lines of at most so many characters, broken at spaces; a longer word, such as a path, stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Characters that take two places: Chinese, Japanese, Korean, pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Extended_Pictographic}/u

/** Places that the longest line of a text takes. */
function widthOf(text: string): number {
  const widths = text.split('\n').map(line => [...line].reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0))
  return Math.max(0, ...widths)
}

/** Characters in a line of standard output; unlimited when it is not a terminal. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
}

/** As `--json` prints an answer. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, undefined, 2))
}

/** 1234567 bytes as `1.2 MB`. */
export function fileSize(bytes: number): string {
  return prettyBytes(bytes, { maximumFractionDigits: 1 })
}

export function yesNo(value: boolean): string {
  return value ? 'yes' : '-'
}
