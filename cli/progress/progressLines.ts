// Progress without a terminal: a line when the stage changes, and at intervals.
import type { PaceMark } from '../../loader/results/pace.ts'
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { countsText, STAGE_WORDS } from './progressText.ts'
import type { ProgressView } from './progressView.ts'
import { rateOf, withSample } from './rate.ts'

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
