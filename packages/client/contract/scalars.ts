import { z } from 'zod'
import { parseDuration } from './duration.ts'

/** A whole number within limits. */
export function integer(min: number, max: number) {
  return z.number().int().min(min).max(max)
}

/** Milliseconds, or a text such as `500ms`, `5s`, `10m`, `1h`. */
export const duration = z
  .union([z.number().int().min(0), z.string()], { error: 'expected milliseconds or a duration such as 5s or 10m' })
  .transform((value, context) => {
    const milliseconds = typeof value === 'number' ? value : parseDuration(value)
    if (milliseconds !== undefined) return milliseconds
    context.addIssue(`expected milliseconds or a duration such as 500ms, 5s, 10m or 1h; given ${JSON.stringify(value)}`)
    return z.NEVER
  })

/** Text. Accepts numbers and booleans too, which YAML and JSON write without quotes. */
export const scalarText = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text' }).transform(String)
