// The text of the progress, the same on a terminal and in a log.
import { type PaceMark, paceOf } from '../../loader/results/tally.ts'
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { count } from '../../workflows/page/markdown.ts'

export const STAGE_WORDS: Readonly<Record<SyncStage, string>> = {
  waiting: 'Waiting for the source',
  connecting: 'Connecting to the org',
  planning: 'Checking the mapping against the org',
  staging: 'Reading and checking the source',
  matching: 'Finding the records in the org',
  sending: 'Sending',
  aggregating: 'Writing the results',
  done: 'Done',
}

/** Milliseconds after which a step is named, while it is the only thing to see, and beside the counts. */
const SLOW = 10_000
const SLOW_CHUNK = 60_000

/** `Sending`, or `Paused: Sending`. */
export function stageWord({ stage, paused }: Pick<SyncProgress, 'stage' | 'paused'>): string {
  return paused === undefined ? STAGE_WORDS[stage] : `Paused: ${STAGE_WORDS[stage]}`
}

/** The stage; after some seconds also what the run does or waits for, and for how long. @param now epoch milliseconds */
export function stageText(progress: Pick<SyncProgress, 'stage' | 'step' | 'paused'>, now: number): string {
  const { stage, step } = progress
  const lasted = lastedFor(step, now)
  if (step === undefined || lasted < SLOW || stage === 'done') return stageWord(progress)
  return `${stageWord(progress)} for ${durationText(lasted / 1_000)}: ${step.what}`
}

/** `; chunk 1 of 4 waits for Salesforce to process job 750… for 3 min`; empty when each chunk makes progress. */
export function slowChunkText({ stage, step }: Pick<SyncProgress, 'stage' | 'step'>, now: number): string {
  const lasted = lastedFor(step, now)
  if (step === undefined || lasted < SLOW_CHUNK || stage !== 'sending') return ''
  return `; ${step.what} for ${durationText(lasted / 1_000)}`
}

const lastedFor = (step: SyncProgress['step'], now: number): number =>
  step === undefined ? 0 : now - Date.parse(`${step.since}Z`)

/** `1,234 of 10,000 settled, 12 failed, 350 a second, 25 s left`; empty before the source has been read. */
export function countsText(progress: SyncProgress, rate: Rate): string {
  const { records, settled, failed, inDoubt } = progress
  if (records === 0) return ''
  const { speed, left } = rateTexts(progress, rate)
  const doubt = inDoubt > 0 ? `${count(inDoubt)} in doubt` : ''
  return joined([`${count(settled)} of ${count(records)} settled`, `${count(failed)} failed`, doubt, speed, left])
}

/** The same in fewer characters: `1,234/10,000, 12 failed, 350/s, 25 s left`. */
export function shortCountsText(progress: SyncProgress, rate: Rate): string {
  const { records, settled, failed, inDoubt } = progress
  if (records === 0) return ''
  const { speed, left } = rateTexts(progress, rate)
  const failures = failed > 0 ? `${count(failed)} failed` : ''
  const doubt = inDoubt > 0 ? `${count(inDoubt)} in doubt` : ''
  return joined([`${count(settled)}/${count(records)}`, failures, doubt, speed.replace(' a second', '/s'), left])
}

const joined = (parts: readonly string[]): string => parts.filter(part => part !== '').join(', ')

/** Empty while nothing is settled: the rate says nothing then. */
function rateTexts(
  { stage }: SyncProgress,
  { perSecond, secondsLeft }: Rate,
): { readonly speed: string; readonly left: string } {
  const isMeasured = stage === 'sending' && Math.round(perSecond) > 0
  return {
    speed: isMeasured ? `${count(Math.round(perSecond))} a second` : '',
    left: isMeasured && secondsLeft !== undefined ? `${durationText(secondsLeft)} left` : '',
  }
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
