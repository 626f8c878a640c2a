import { progressBar } from './progressBar.ts'
import { progressLines } from './progressLines.ts'
import type { ProgressView } from './progressView.ts'

/** A bar on a terminal, else lines; with `quiet` only what the user must know. */
export function chooseView(stream: NodeJS.WriteStream, quiet: boolean): ProgressView {
  const write = (line: string) => stream.write(`${line}\n`)
  if (quiet) return { update: () => {}, note: write, end: () => {} }
  return stream.isTTY ? progressBar(stream) : progressLines(write)
}
