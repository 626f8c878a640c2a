import { type Options, Presets, SingleBar } from 'cli-progress'
import type { PaceMark } from '../../loader/results/tally.ts'
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { countsText, rateOf, STAGE_WORDS, withSample } from './progressText.ts'

/** Shows the progress of a run on standard error. */
export type ProgressView = {
  update(progress: SyncProgress): void
  /** Prints a line besides the progress. */
  note(line: string): void
  end(): void
}

const BAR_WIDTH = 24

type Payload = { readonly stage: string; readonly counts: string }

function progressBar(stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar(
    { format, stream, barsize: BAR_WIDTH, hideCursor: true, linewrap: false },
    Presets.shades_classic,
  )
  let shown: { readonly settled: number; readonly payload: Payload } = {
    settled: 0,
    payload: { stage: 'Starting', counts: '' },
  }
  let samples: readonly PaceMark[] = []
  bar.start(1, 0, shown.payload)

  function update(progress: SyncProgress): void {
    samples = withSample(samples, { at: Date.now(), settled: progress.settled })
    const counts = countsText(progress, rateOf(samples, progress.records))
    bar.setTotal(Math.max(1, progress.records))
    shown = { settled: progress.settled, payload: { stage: STAGE_WORDS[progress.stage], counts } }
    bar.update(shown.settled, shown.payload)
  }

  function note(line: string): void {
    bar.stop()
    stream.write(`${line}\n`)
    bar.start(bar.getTotal(), shown.settled, shown.payload)
  }

  return { update, note, end: () => bar.stop() }
}

/** Before the source has been read, the total is unknown. */
function format(options: Options, params: { readonly progress: number }, payload: Payload): string {
  if (payload.counts === '') return `${payload.stage} …`
  const filled = Math.round(Math.min(1, params.progress) * BAR_WIDTH)
  const bar = `${options.barCompleteString?.slice(0, filled)}${options.barIncompleteString?.slice(0, BAR_WIDTH - filled)}`
  return `${payload.stage} ${bar} ${payload.counts}`
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
    write(counts === '' ? STAGE_WORDS[progress.stage] : `${STAGE_WORDS[progress.stage]}: ${counts}`)
  }

  return { update, note: write, end: () => {} }
}

/** A bar on a terminal, else lines; with `quiet` only what the user must know. */
export function chooseView(stream: NodeJS.WriteStream, quiet: boolean): ProgressView {
  const write = (line: string) => stream.write(`${line}\n`)
  if (quiet) return { update: () => {}, note: write, end: () => {} }
  return stream.isTTY ? progressBar(stream) : progressLines(write)
}
