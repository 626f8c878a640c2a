const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATETIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?Z?$/
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isLeap(year: number) {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** `yyyy-MM-dd` unchanged; undefined for a day that does not exist. */
export function dateText(text: string): string | undefined {
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const days = month === 2 && !isLeap(year) ? 28 : (DAYS[month - 1] ?? 0)
  return day >= 1 && day <= days ? text : undefined
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith('-') ? -minutes : minutes
}

/** A datetime with an offset, in UTC and truncated to seconds: `2026-11-25T10:00:00.000+0000`; undefined when it is not one. */
export function datetimeText(text: string): string | undefined {
  const match = DATETIME.exec(text)
  if (match === null) return undefined
  const [, day = '', hours = '', minutes = '', seconds = '', zone = 'Z'] = match
  if (dateText(day) === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return undefined
  const offset = offsetMinutes(zone)
  if (offset === 0) return `${day}T${hours}:${minutes}:${seconds}.000+0000`
  const utc = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) - offset * 60_000
  return `${new Date(utc).toISOString().slice(0, 19)}.000+0000`
}

/** A time of day as `HH:mm:ss.SSSZ`; undefined when it is not one. */
export function timeText(text: string): string | undefined {
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = match
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  return `${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0')}Z`
}
