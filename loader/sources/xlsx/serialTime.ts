// Days and times as workbooks store them: the number of days since an epoch, the time of day as a fraction.

/** What Excel shows for a day that it does not have. */
const NO_DAY = '########'

const DAY = 86_400_000
/** Days from the epoch of the 1900 date system to 1970, as it counts from March 1900 on. */
const UNIX_DAY = 25_569
/** 1904-01-01 in the 1900 date system. */
const FIRST_DAY_OF_1904 = 1_462
/** 9999-12-31 in the 1900 date system. */
const LAST_DAY = 2_958_465
/** Excel counts 1900-02-29, a day that did not exist, as Lotus 1-2-3 did. */
const LEAP_DAY_OF_1900 = 60
/** Days whose text is cached; few sources have more. */
const MOST_DAYS = 4_096

/** Compiles a function that gives `yyyy-MM-dd` for a whole number of days. */
export function compileDayText(is1904: boolean): (day: number) => string {
  const days = new Map<number, string>()
  return day => {
    let text = days.get(day)
    if (text === undefined) {
      if (days.size === MOST_DAYS) days.clear()
      text = day < 0 ? NO_DAY : dayText(is1904 ? day + FIRST_DAY_OF_1904 : day)
      days.set(day, text)
    }
    return text
  }
}

function dayText(serial: number): string {
  if (serial > LAST_DAY) return NO_DAY
  if (serial === 0) return '1900-01-00'
  if (serial === LEAP_DAY_OF_1900) return '1900-02-29'
  const day = serial - UNIX_DAY + (serial < LEAP_DAY_OF_1900 ? 1 : 0)
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** `yyyy-MM-ddTHH:mm:ss`, with milliseconds if the format shows them and they are not zero. */
export function dateTimeText(serial: number, hasFractions: boolean, textOfDay: (day: number) => string): string {
  const time = rounded(serial, hasFractions)
  const date = textOfDay(Math.floor(time / DAY))
  return date === NO_DAY ? NO_DAY : `${date}T${clockText(time % DAY)}`
}

/** `HH:mm:ss`, without the day if there is one. */
export function timeText(serial: number, hasFractions: boolean): string {
  return serial < 0 ? NO_DAY : clockText(rounded(serial, hasFractions) % DAY)
}

/** Hours that count on: `36:00:00` */
export function elapsedText(serial: number, hasFractions: boolean): string {
  const sign = serial < 0 ? '-' : ''
  return sign + clockText(rounded(Math.abs(serial), hasFractions))
}

/** Milliseconds. A double holds no exact second, and Excel rounds what it shows. */
const rounded = (serial: number, hasFractions: boolean): number =>
  hasFractions ? Math.round(serial * DAY) : Math.round((serial * DAY) / 1000) * 1000

function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const fraction = milliseconds % 1000
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(':')
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(3, '0')}`
}

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value))
