// Output of the demo and the cluster: short headings with indented lines below.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { styleText } from 'node:util'

/** Columns when the output is not a terminal. */
const WIDTH = 120

export function heading(text: string): void {
  console.log(`\n${styleText('bold', text)}\n`)
}

export function ready(what: string, facts: string): void {
  console.log(`  ${styleText('green', '✓')} ${what.padEnd(12)}${facts}`)
}

export function indented(lines: readonly string[]): void {
  for (const line of lines) console.log(`  ${line}`)
}

/** The first lines of a file, without a byte order mark. A line that is wider than the terminal loses its middle. */
export async function firstLines(path: string, count: number): Promise<readonly string[]> {
  const width = (process.stdout.columns ?? WIDTH) - 2
  const input = createReadStream(path)
  const lines: string[] = []
  for await (const read of createInterface({ input })) {
    const line = read.replace(/^\uFEFF/, '')
    lines.push(line.length > width ? shortened(line, width) : line)
    if (lines.length === count) break
  }
  input.destroy()
  return lines
}

function shortened(line: string, width: number): string {
  const end = Math.floor(width * 0.6)
  return `${line.slice(0, width - end - 3)} … ${line.slice(-end)}`
}
