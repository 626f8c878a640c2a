import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { ADD_GIVEN } from './issues.ts'
import { MAX_INLINE_BYTES } from './operations.ts'

/** A schema's type with every property and list readonly. */
export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T

/** A key that may be absent; a language without optional keys writes null. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().exactOptional()
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** The keys that have a value: exactOptionalPropertyTypes requires that the others are absent. */
export function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}

export const count = z.int().min(0)

/** A whole number within limits. */
export function integer(min: number, max: number) {
  return z.number().int().min(min).max(max)
}

/** Characters of a name: of a connection, a sync, an object, a field. */
export const MAX_NAME = 255

export const name = z.string().min(1).max(MAX_NAME)

/** Milliseconds. A longer wait is a typo, and dates beyond the year 275760 do not exist. */
const MAX_DURATION = 366 * 86_400_000
const TOO_LONG = 'is longer than the allowed 366d'

const DURATION = 'expected a duration with its unit, such as 30s, 10m or 2h'

/** Output in milliseconds. */
export type Duration = z.ZodType<number, number | string>

/** Text such as `500ms`, `5s`, `10m`, `1h` or `90d`, as a person writes it: a number alone does not say its unit. */
export const durationText: Duration = z
  .string({ error: DURATION })
  .transform((value, context) => {
    const milliseconds = parseDuration(value)
    if (milliseconds !== undefined && milliseconds <= MAX_DURATION) return milliseconds
    const message = milliseconds === undefined ? DURATION : TOO_LONG
    context.addIssue({ code: 'custom', message, params: ADD_GIVEN })
    return z.NEVER
  })
  .describe('With its unit, such as 30s, 10m or 2h') as z.ZodType<number, string>

/** The same text, or the number of milliseconds, as programs send it in JSON. */
export const duration: Duration = z.union(
  [z.number().int().min(0).max(MAX_DURATION, TOO_LONG).describe('Milliseconds'), durationText],
  {
    error: `${DURATION}, or milliseconds as a number`,
  },
)

/** Text without the character U+0000, which no Salesforce field accepts. */
export const plainText = z
  .string()
  .refine(text => !text.includes('\0'), 'contains the character U+0000, which no text may contain; remove it')
  .refine(text => text.isWellFormed(), 'contains half of a surrogate pair, which is no character; remove it')

/** Text; numbers and booleans are accepted in their usual spelling, because YAML and JSON write them without quotes. */
export const scalarText = z.union([plainText, z.number(), z.boolean()], { error: 'expected text' }).transform(String)

/** An object with at most this many keys. JSON Schema calls the limit maxProperties. @param remedy for more keys */
export function limitedRecord<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  record: z.ZodRecord<Key, Value>,
  most: number,
  remedy?: string,
) {
  const advice = remedy === undefined ? '' : `; ${remedy}`
  return record
    .refine(given => Object.keys(given).length <= most, {
      error: ({ input }) => `has ${Object.keys(input as object).length} keys; allowed are ${most}${advice}`,
    })
    .meta({ maxProperties: most })
}

/** UTC time, `YYYY-MM-DDTHH:mm:ss`. */
export const utcTime = z.string().describe('UTC, YYYY-MM-DDTHH:mm:ss')

/** Whether the runtime knows the zone by this IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Columns of records that are given inline. An object of Salesforce has at most 800 fields. */
const MAX_INLINE_COLUMNS = 1_000

/** Values of records that are given inline, blanks for missing columns included: a table of them is made in memory. */
const MAX_INLINE_VALUES = 1_000_000

/** What is wrong with the table that these records make; undefined when nothing is. @param tooLarge words for more than MAX_INLINE_BYTES */
export function tableProblem(
  records: readonly Readonly<Record<string, unknown>>[],
  tooLarge: (bytes: number) => string,
): string | undefined {
  const columns = new Set<string>()
  for (const record of records) {
    for (const column of Object.keys(record)) columns.add(column)
    if (columns.size > MAX_INLINE_COLUMNS) {
      return `has more than ${MAX_INLINE_COLUMNS} different columns; give every record the same columns`
    }
  }
  const values = columns.size * records.length
  if (values > MAX_INLINE_VALUES) {
    return `has ${records.length} records of ${columns.size} columns, together ${values} values; allowed are ${MAX_INLINE_VALUES}; put the records into a file and give its uri`
  }
  const bytes = jsonBytes(records)
  return bytes > MAX_INLINE_BYTES ? tooLarge(bytes) : undefined
}

/** Bytes of the value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
