// The table of the bench as Markdown: each figure with its ratio to the same figure of jsforce.
import type { Cost, Usage } from './load.ts'

export type Row = {
  readonly records: number
  /** An operation, or a dash for a pass over the source. */
  readonly operation: string
  readonly client: string
  /** Absent for a load that failed. */
  readonly cost?: Cost | Usage
  /** The row that the ratios refer to. */
  readonly base?: Cost
}

const HEAD = ['Records', 'Operation', 'Client', 'Wall s', 'CPU s', 'Peak MiB', 'API calls', 'Events']
const LEFT = [false, true, true, false, false, false, false, false]

/** @param subject what the third column names */
export function markdownTable(rows: readonly Row[], subject = 'Client'): string {
  return alignedTable(HEAD.with(2, subject), LEFT, rows.map(cellsOf))
}

/** @param left which columns are aligned to the left */
export function alignedTable(head: readonly string[], left: readonly boolean[], rows: readonly string[][]): string {
  const widths = head.map((name, at) =>
    Math.max(...[name, ...rows.map(row => row[at] ?? '')].map(({ length }) => length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (left[at] ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, at) => (left[at] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function cellsOf({ records, operation, client, cost, base }: Row): string[] {
  const name = [records.toLocaleString('en'), operation, client]
  if (cost === undefined) return [...name, 'failed', '', '', '', '']
  const calls = 'apiCalls' in cost ? cost.apiCalls : undefined
  return [
    ...name,
    figure(cost.wall, base?.wall, 2),
    figure(cost.cpu, base?.cpu, 2),
    // The peak of a process that ended within milliseconds is not known.
    cost.peak < 1 ? '' : figure(cost.peak, base?.peak, 0),
    calls === undefined ? '' : figure(calls, base?.apiCalls, 0),
    'events' in cost ? String(cost.events) : '',
  ]
}

function figure(value: number, base: number | undefined, digits: number): string {
  const text = value.toFixed(digits)
  return base === undefined || base === 0 ? text : `${text} (${(value / base).toFixed(2)})`
}
