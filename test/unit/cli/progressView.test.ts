// What a terminal shows while a run is followed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { chooseView } from '../../../cli/progress/progressView.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'

const HALF: SyncProgress = {
  ...{ runId: 'r', stage: 'sending', records: 10, settled: 5, created: 5, updated: 0, deleted: 0, unchanged: 0 },
  ...{ failed: 0, inDoubt: 0, chunks: 1, chunksDone: 0 },
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The parts of control sequences that move the cursor or clear its line, line feeds and text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the character ESC
const PARTS = /\u001b\[\??(\d*)(?:;\d+)?([A-Za-z])|\u001b.|\n|[^\u001b\n]+/g

/** The lines that a terminal shows after this output. */
function shownLines(output: string): readonly string[] {
  const lines = ['']
  let [row, column] = [0, 0]
  for (const [part, number, command] of output.matchAll(PARTS)) {
    const line = lines[row] ?? ''
    if (part === '\n') {
      row += 1
      column = 0
      lines[row] ??= ''
    } else if (command === 'A') row -= Number(number)
    else if (command === 'G') column = Number(number || 1) - 1
    else if (command === 'K') lines[row] = number === '2' ? '' : line.slice(0, column)
    else if (command === undefined && !part.startsWith('\u001b')) {
      lines[row] = line.padEnd(column).slice(0, column) + part + line.slice(column + part.length)
      column += part.length
    }
  }
  return lines.map(line => line.trimEnd()).filter(line => line !== '')
}

function terminal() {
  let output = ''
  const write = (text: string) => {
    output += text
    return true
  }
  const stream = { isTTY: true, columns: 100, write } as unknown as NodeJS.WriteStream
  return { view: chooseView(stream, false), lines: () => shownLines(output) }
}

test('a note takes the place of the bar, which continues below it', () => {
  const { view, lines } = terminal()
  view.note('Read data/a.csv')
  view.update(HALF)
  view.note('Slow')
  expect(lines()).toEqual(['Read data/a.csv', 'Slow', 'Sending ████████████░░░░░░░░░░░░ 5 of 10 settled, 0 failed'])
  view.end()
  expect(lines()).toHaveLength(3)
})

test('the bar of a run does not stay below the end of that run when the next one begins', () => {
  const { view, lines } = terminal()
  view.update(HALF)
  view.restart()
  view.note('accounts: completed')
  expect(lines()).toEqual(['accounts: completed', 'Starting …'])
})
