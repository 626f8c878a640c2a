// Text in columns, without lines around it: easy to read, and to grep.
import Table from 'cli-table3'
import prettyBytes from 'pretty-bytes'

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
}

export type Alignment = 'left' | 'right'

/** Lines without spaces at their ends. */
export function columns(
  rows: readonly (readonly string[])[],
  options: { readonly head?: readonly string[]; readonly align?: readonly Alignment[] } = {},
): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: [...(options.head ?? [])],
    colAligns: [...(options.align ?? [])],
  })
  table.push(...rows.map(row => [...row]))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
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
