import { clearLine, moveCursor } from 'node:readline'
import { SingleBar } from 'cli-progress'
import type { PaceMark } from '../../loader/results/tally.ts'
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { countsText, rateOf, shortCountsText, slowChunkText, stageText, stageWord, withSample } from './progressText.ts'

/** Shows the progress of a run on standard error. */
export type ProgressView = {
  update(progress: SyncProgress): void
  /** Prints a line besides the progress. */
  note(line: string): void
  /** Begins again, for the next run. */
  restart(): void
  end(): void
}

const BAR_WIDTH = 24

type Payload = { readonly stage: string; readonly counts: string; readonly shortCounts: string }

type Shown = { readonly settled: number; readonly payload: Payload }

const STARTING: Shown = { settled: 0, payload: { stage: 'Starting', counts: '', shortCounts: '' } }

function progressBar(stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar({
    format: (_, params, payload) => progressLine(params.progress, payload, stream.columns),
    stream,
    hideCursor: true,
    linewrap: false,
  })
  let shown = STARTING
  let samples: readonly PaceMark[] = []
  // The bar writes into the payload that it starts with.
  bar.start(1, 0, { ...shown.payload })

  function update(progress: SyncProgress): void {
    samples = withSample(samples, { at: Date.now(), settled: progress.settled })
    const rate = rateOf(samples, progress.records)
    const counts = countsText(progress, rate)
    const shortCounts = shortCountsText(progress, rate)
    bar.setTotal(Math.max(1, progress.records))
    const stage = counts === '' ? stageText(progress, Date.now()) : stageWord(progress)
    shown = { settled: progress.settled, payload: { stage, counts, shortCounts } }
    bar.update(shown.settled, shown.payload)
  }

  /** The line takes the place of the bar, which continues below it. */
  function note(line: string): void {
    bar.stop()
    moveCursor(stream, 0, -1)
    clearLine(stream, 0)
    stream.write(`${visibleText(line)}\n`)
    bar.start(bar.getTotal(), shown.settled, { ...shown.payload })
  }

  function restart(): void {
    shown = STARTING
    samples = []
    bar.setTotal(1)
    bar.update(shown.settled, shown.payload)
  }

  return { update, note, restart, end: () => bar.stop() }
}

/** A narrower bar is no bar. */
const NARROWEST_BAR = 6
const DEFAULT_COLUMNS = 80

/**
 * The line of a terminal: the bar gets narrower before a word is lost. Before the source has been read, the total is unknown.
 * @param progress from 0 to 1
 */
export function progressLine(
  progress: number,
  { stage, counts, shortCounts }: Payload,
  columns = DEFAULT_COLUMNS,
): string {
  if (counts === '') return `${stage} …`
  const text = [counts, shortCounts].find(each => stage.length + 1 + each.length < columns) ?? shortCounts
  const width = Math.min(BAR_WIDTH, columns - stage.length - text.length - 3)
  if (width < NARROWEST_BAR) return `${stage} ${text}`
  const filled = Math.round(Math.min(1, progress) * width)
  return `${stage} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`
}

/** Milliseconds between lines of the same stage. */
const INTERVAL = 10_000

export function progressLines(write: (line: string) => void, now: () => number = Date.now): ProgressView {
  let samples: readonly PaceMark[] = []
  let shown: { readonly stage: SyncStage; readonly at: number } | undefined

  function update(progress: SyncProgress): void {
    samples = withSample(samples, { at: now(), settled: progress.settled })
    if (shown?.stage === progress.stage && now() - shown.at < INTERVAL) return
    shown = { stage: progress.stage, at: now() }
    const counts = countsText(progress, rateOf(samples, progress.records))
    const slow = slowChunkText(progress, now())
    write(counts === '' ? stageText(progress, now()) : `${stageWord(progress)}: ${counts}${slow}`)
  }

  function restart(): void {
    shown = undefined
    samples = []
  }

  return { update, note: write, restart, end: () => {} }
}

/** A bar on a terminal, else lines; with `quiet` only what the user must know. */
export function chooseView(stream: NodeJS.WriteStream, quiet: boolean): ProgressView {
  const write = (line: string) => stream.write(`${visibleText(line)}\n`)
  if (quiet) return { update: () => {}, note: write, restart: () => {}, end: () => {} }
  return stream.isTTY ? progressBar(stream) : progressLines(write)
}
