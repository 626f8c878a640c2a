/** A date and time of day as written, before any time zone. Month 1 to 12. */
export type WallClock = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** A date, or a date and time, as it was read. */
export type WrittenTime = {
  readonly clock: WallClock
  /** Whether it has no time of day; the clock shows midnight then. */
  readonly isDay: boolean
  /** Minutes east of UTC, when the text carries an offset. */
  readonly offset?: number
}

/** The hour of 24 for one of a half day: 12 AM is 0, 12 PM is 12. undefined when a half day has no such hour. */
export function hourOf24(hour: number, isAfternoon: boolean): number | undefined {
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (isAfternoon ? 12 : 0)
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether the date and time of day exist. */
export function isRealTime({ year, month, day, hour, minute, second }: WallClock): boolean {
  // Written so that NaN, which stands for text that is not a number, is rejected too.
  return hour <= 23 && minute <= 59 && second <= 59 && isDay(year, month, day)
}

/** Whether the date exists. */
export function isDay(year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 0)) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
}
