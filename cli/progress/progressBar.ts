// Progress on a terminal: a bar that is drawn in place.
import { type Options, Presets, SingleBar } from 'cli-progress'
import type { PaceMark } from '../../loader/results/pace.ts'
import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'
import { countsText, STAGE_WORDS } from './progressText.ts'
import type { ProgressView } from './progressView.ts'
import { rateOf, withSample } from './rate.ts'

const BAR_WIDTH = 24

type Payload = { readonly stage: string; readonly counts: string }

export function progressBar(stream: NodeJS.WriteStream): ProgressView {
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
