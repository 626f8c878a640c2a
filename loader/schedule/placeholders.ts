// `{date}` and its kin in a source's URI: a run reads the file of the time it was scheduled for, however late it starts.
import { zoneClock } from '../values/timeZone.ts'

const DAY = 86_400_000

/** By name, from the wall clock of the scheduled time, `2026-11-25T02:30:00.000`. */
const PLACEHOLDERS = {
  date: (wall: string) => wall.slice(0, 10),
  datetime: (wall: string) => wall.slice(0, 19).replaceAll(':', ''),
  year: (wall: string) => wall.slice(0, 4),
  month: (wall: string) => wall.slice(5, 7),
  day: (wall: string) => wall.slice(8, 10),
  hour: (wall: string) => wall.slice(11, 13),
} as const satisfies Readonly<Record<string, (wall: string) => string>>

const KNOWN = `{${Object.keys(PLACEHOLDERS).join('}, {')}}, and {date-1} for the day before`

/** Names in braces, each once, in order. */
export function openPlaceholders(uri: string): readonly string[] {
  return [...new Set([...uri.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name ?? ''))]
}

/** Why a scheduled time does not fill it; undefined when it does. */
export function scheduledPlaceholderFault(name: string): string | undefined {
  return placeholderValue(name, 0) === undefined ? `{${name}} says nothing of a time; known are ${KNOWN}` : undefined
}

/**
 * The URI with what a scheduled time fills; other names stay open.
 * @param scheduledTime epoch milliseconds
 * @param timeZone IANA name
 */
export function fillPlaceholders(uri: string, scheduledTime: number, timeZone: string): string {
  const wall = zoneClock(timeZone).wallAt(scheduledTime)
  return uri.replaceAll(/\{([^{}]+)\}/g, (open, name: string) => placeholderValue(name, wall) ?? open)
}

/** @param wall milliseconds as if the clock showed UTC */
function placeholderValue(name: string, wall: number): string | undefined {
  const [, base, daysBefore] = /^([a-z]+)(?:-(\d{1,3}))?$/.exec(name) ?? []
  if (base === undefined || !isKnown(base) || (daysBefore !== undefined && base !== 'date')) return undefined
  return PLACEHOLDERS[base](new Date(wall - Number(daysBefore ?? 0) * DAY).toISOString())
}

function isKnown(name: string): name is keyof typeof PLACEHOLDERS {
  return Object.hasOwn(PLACEHOLDERS, name)
}
