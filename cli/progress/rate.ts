// How fast records are settled, and when it will be over.

/** What counts as now: long enough to level out chunks, short enough to notice a change; milliseconds. */
const WINDOW = 60_000

/** Before this much time there is no rate to speak of: records rejected before sending are settled all at once. */
const LEAST = 3_000

export type Sample = { readonly at: number; readonly settled: number }

export type Rate = {
  /** Records a second over the last minute; 0 in the first seconds. */
  readonly perSecond: number
  /** Seconds until the rest is settled at this rate; absent when unknown. */
  readonly secondsLeft?: number
}

/** The samples with one more, without those that are too old but for one to measure from. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const firstRecent = samples.findIndex(({ at }) => at >= sample.at - WINDOW)
  const kept = firstRecent < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstRecent - 1))
  return [...kept, sample]
}

export function rateOf(samples: readonly Sample[], records: number): Rate {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < LEAST) return { perSecond: 0 }
  const perSecond = Math.max(0, (last.settled - first.settled) / ((last.at - first.at) / 1000))
  if (perSecond === 0) return { perSecond }
  return { perSecond, secondsLeft: Math.max(0, (records - last.settled) / perSecond) }
}

/** `45 s`, `3 min`, `2 h 10 min` */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.ceil(whole / 60)
  if (minutes < 100) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
