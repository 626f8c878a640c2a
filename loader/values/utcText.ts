import { twoDigits } from './isoText.ts'

const DAY = 86_400_000
// Days whose text is cached; few sources have more.
const MOST_DAYS = 4_096

/** Writes instants as `yyyy-MM-ddTHH:mm:ss.000Z`. Caches the text of a day, because Date formats slowly. */
export function compileUtcText(): (instant: number) => string {
  const days = new Map<number, string>()
  return instant => {
    const day = Math.floor(instant / DAY)
    let date = days.get(day)
    if (date === undefined) {
      if (days.size === MOST_DAYS) days.clear()
      date = new Date(day * DAY).toISOString().slice(0, 11)
      days.set(day, date)
    }
    const seconds = Math.floor((instant - day * DAY) / 1000)
    const hour = twoDigits(Math.floor(seconds / 3600))
    const minute = twoDigits(Math.floor(seconds / 60) % 60)
    return `${date}${hour}:${minute}:${twoDigits(seconds % 60)}.000Z`
  }
}
