// The text of the progress, the same on a terminal and in a log.
import { type PaceMark, paceOf } from '../../loader/results/tally.ts'
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { count } from '../../workflows/page/markdown.ts'

export const STAGE_WORDS: Readonly<Record<SyncStage, string>> = {
  waiting: 'Waiting for the source',
  connecting: 'Connecting to the org',
  planning: 'Checking the mapping against the org',
  staging: 'Reading and checking the source',
  sending: 'Sending',
  aggregating: 'Writing the results',
  done: 'Done',
}

/** `1,234 of 10,000 settled, 12 failed, 350 a second, 25 s left`; empty before the source has been read. */
export function countsText(progress: SyncProgress, rate: Rate): string {
  const { records, settled, failed, inDoubt, stage } = progress
  if (records === 0) return ''
  const parts = [
    `${count(settled)} of ${count(records)} settled`,
    `${count(failed)} failed`,
    inDoubt > 0 ? `${count(inDoubt)} in doubt` : '',
    stage === 'sending' && rate.perSecond > 0 ? `${count(Math.round(rate.perSecond))} a second` : '',
    stage === 'sending' && rate.secondsLeft !== undefined ? `${durationText(rate.secondsLeft)} left` : '',
  ]
  return parts.filter(part => part !== '').join(', ')
}

/** Milliseconds that the rate is measured over: long enough to level out chunks, short enough to notice a change. */
const WINDOW = 60_000

/** Milliseconds before a rate is shown: records rejected before sending are settled all at once. */
const LEAST = 3_000

type Rate = {
  /** Records a second over the last minute; 0 in the first seconds. */
  readonly perSecond: number
  /** Seconds until the rest is settled at this rate; absent when unknown. */
  readonly secondsLeft?: number
}

/** Adds a sample, and removes those before the window except the last of them. */
export function withSample(samples: readonly PaceMark[], sample: PaceMark): readonly PaceMark[] {
  const firstRecent = samples.findIndex(({ at }) => at >= sample.at - WINDOW)
  const kept = firstRecent < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstRecent - 1))
  return [...kept, sample]
}

export function rateOf(samples: readonly PaceMark[], records: number): Rate {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < LEAST) return { perSecond: 0 }
  const pace = paceOf(first, last, Math.max(0, records - last.settled))
  if (pace === undefined) return { perSecond: 0 }
  return { perSecond: pace.perSecond, secondsLeft: (pace.until - last.at) / 1_000 }
}

/** `45 s`, `3 min`, `2 h 10 min` */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.ceil(whole / 60)
  if (minutes < 100) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
