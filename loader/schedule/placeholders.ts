// `{date}` and other placeholders in a source: a run reads the file, or the rows, of its scheduled time, even if it starts late.

import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import { dayRange } from '../values/dayRange.ts'
import { zoneClock } from '../values/timeZone.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** Values by name, from the wall clock of the scheduled time, `2026-11-25T02:30:00.000`. */
const PLACEHOLDERS = {
  date: (wall: string) => wall.slice(0, 10),
  datetime: (wall: string) => wall.slice(0, 19).replaceAll(':', ''),
  year: (wall: string) => wall.slice(0, 4),
  month: (wall: string) => wall.slice(5, 7),
  day: (wall: string) => wall.slice(8, 10),
  hour: (wall: string) => wall.slice(11, 13),
} as const satisfies Readonly<Record<string, (wall: string) => string>>

const KNOWN = `{${Object.keys(PLACEHOLDERS).join('}, {')}}, and {date-1} for the day before`

const IN_URI = /\{([^{}]+)\}/g
const IN_SQL = /\{([A-Za-z]\w*(?:-\d{1,3})?)\}/g

/** The texts of a source that are filled. In SQL only a name counts: `{2,3}` and `{"a": 1}` have a meaning of their own there. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  uri: IN_URI,
  query: IN_SQL,
  sql: IN_SQL,
} satisfies Partial<Readonly<Record<keyof ExternalSource, RegExp>>>

/** Names in braces, in order and without duplicates. */
export function openPlaceholders(source: object): readonly string[] {
  const texts = Object.entries(TEXTS).map(([key, pattern]) => [textIn(source, key), pattern] as const)
  const uris = Object.values(tablesOf(source)).map(uri => [uri, IN_URI] as const)
  const found = [...texts, ...uris].flatMap(([text, pattern]) => [...text.matchAll(pattern)])
  return [...new Set(found.map(([, name]) => name ?? ''))]
}

const textIn = (source: object, key: string): string => {
  const text: unknown = Object.getOwnPropertyDescriptor(source, key)?.value
  return typeof text === 'string' ? text : ''
}

/** The URIs of the tables that SQL reads. */
function tablesOf(source: object): Readonly<Record<string, string>> {
  const tables: unknown = Object.getOwnPropertyDescriptor(source, 'tables')?.value
  if (typeof tables !== 'object' || tables === null) return {}
  return Object.fromEntries(
    Object.entries(tables).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** @param fill returns undefined for a placeholder that stays open */
function filled<Source extends object>(
  source: Source,
  fill: (name: string, key: string) => string | undefined,
): Source {
  const texts = Object.entries(TEXTS).flatMap(([key, pattern]) => {
    const text = textIn(source, key)
    const written = text.replaceAll(pattern, (open, name: string) => fill(name, key) ?? open)
    return written === text ? [] : [[key, written] as const]
  })
  const tables = Object.entries(tablesOf(source)).map(([table, uri]) => {
    return [table, uri.replaceAll(IN_URI, (open, name: string) => fill(name, 'uri') ?? open)] as const
  })
  return { ...source, ...Object.fromEntries(texts), ...(tables.length > 0 && { tables: Object.fromEntries(tables) }) }
}

/** What a value in SQL may have: nothing that ends a text, begins a comment or separates statements. */
const SAFE_IN_SQL = /^(?:(?!--)[\p{L}\p{N}_.: -])*$/u

/** Why a value can't be put into the SQL of a source; undefined when it can, and when the SQL does not have the placeholder. */
export function placeholderValueProblem(source: object, name: string, value: string): string | undefined {
  const { uri, tables, ...others } = { uri: undefined, tables: undefined, ...source }
  if (SAFE_IN_SQL.test(value) || !openPlaceholders(others).includes(name)) return undefined
  return `${JSON.stringify(value)} can't be put into a query; allowed are letters, digits, blanks and _ . : - (no --). Write such a condition into the query itself`
}

/** Replaces a placeholder with a value: percent-encoded in the URI. Check the value with `placeholderValueProblem` first. */
export function setPlaceholder<Source extends object>(source: Source, name: string, value: string): Source {
  return filled(source, (open, key) => {
    if (open !== name) return undefined
    return key === 'uri' ? encodeURIComponent(value) : value
  })
}

/** Reason why a scheduled time does not fill the placeholder; undefined when it does. */
export function scheduledPlaceholderProblem(name: string): string | undefined {
  return placeholderValue(name, 0) === undefined ? `{${name}} is not a time placeholder; use ${KNOWN}` : undefined
}

/**
 * The source with the placeholders filled that depend on the scheduled time; other names remain.
 * @param scheduledTime epoch milliseconds
 * @param timeZone IANA name
 */
export function fillPlaceholders<Source extends object>(
  source: Source,
  scheduledTime: number,
  timeZone: string,
): Source {
  const wall = zoneClock(timeZone).wallAt(scheduledTime)
  return filled(source, name => placeholderValue(name, wall))
}

/** @param wall milliseconds as if the clock showed UTC */
function placeholderValue(name: string, wall: number): string | undefined {
  const [, base, daysBefore] = /^([a-z]+)(?:-(\d{1,3}))?$/.exec(name) ?? []
  if (base === undefined || !isKnown(base) || (daysBefore !== undefined && base !== 'date')) return undefined
  return PLACEHOLDERS[base](new Date(wall - Number(daysBefore ?? 0) * DAY).toISOString())
}

const isKnown = (name: string): name is keyof typeof PLACEHOLDERS => Object.hasOwn(PLACEHOLDERS, name)

// The workflow reads the same times with Date.parse, which accepts no offset after a date alone.
const WRITTEN = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/

/** Epoch milliseconds: the first and the last instant that the text means. */
type ReadTime = { readonly time: number; readonly until: number } | { readonly problem: string }

/**
 * The instant of `2026-11-25T02:00`, a clock time in the time zone, or of `2026-11-25T01:00:00Z`. A date alone means the whole day,
 * from its first moment, at whatever clock time that is; a repeated clock time means both.
 * @param timeZone undefined when the time must carry its own offset
 */
export function readScheduledTime(text: string, timeZone: string | undefined): ReadTime {
  const [, day, clock, offset] = WRITTEN.exec(text) ?? []
  const wall = Date.parse(`${day}T${clock ?? '00:00'}Z`)
  if (day === undefined || Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(day)) {
    return { problem: `${JSON.stringify(text)} is not a valid time; write it like ${example(timeZone)}` }
  }
  if (offset !== undefined) {
    const time = Date.parse(`${day}T${clock ?? '00:00'}${offset}`)
    return Number.isNaN(time)
      ? { problem: `${JSON.stringify(text)} has an offset that is not valid; write it like ${example(timeZone)}` }
      : { time, until: time }
  }
  if (timeZone === undefined) {
    return { problem: `${JSON.stringify(text)} has no offset; write it like ${example(timeZone)}` }
  }
  if (clock === undefined) {
    const range = dayRange(wall, timeZone)
    return range === undefined
      ? { problem: `${day} does not exist in ${timeZone}: the clocks skip the whole day; give another day` }
      : { time: range.first, until: range.last }
  }
  const instants = zoneClock(timeZone).instantsAt(wall)
  const [time] = instants
  return time === undefined
    ? {
        problem: `${JSON.stringify(text)} does not exist in ${timeZone}: the clocks skip it; the next time is ${nextWall(wall, timeZone)}`,
      }
    : { time, until: instants.at(-1) ?? time }
}

/** The first clock time after one that the clocks skip, to the minute. */
function nextWall(skipped: number, timeZone: string): string {
  const clock = zoneClock(timeZone)
  let wall = Math.ceil((skipped + 1) / MINUTE) * MINUTE
  while (clock.instantsAt(wall).length === 0) wall += MINUTE
  return new Date(wall).toISOString().slice(0, 16)
}

const example = (timeZone: string | undefined): string =>
  timeZone === undefined ? '2026-11-25T01:00:00Z' : '2026-11-25T02:00, or 2026-11-25T01:00:00Z'
