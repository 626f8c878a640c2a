// Building blocks of the configuration's schema, each with the description that editors and errors show.
import { z } from 'zod'
import { parseDuration } from '../packages/client/contract/duration.ts'
import { ADD_GIVEN } from '../packages/client/contract/issues.ts'
import { durationText } from '../packages/client/contract/scalars.ts'

/** A text that is not empty. `what` completes "give …". */
export function text(what: string) {
  return z
    .string({
      error: issue => (issue.input === undefined || issue.input === null ? `is missing; give ${what}` : undefined),
    })
    .min(1, `is empty; give ${what}`)
    .describe(what)
}

/** A text that should come from an environment variable, not from the file. */
export function secret(what: string) {
  return text(`${what}, best as \${NAME} of an environment variable`)
}

/** A whole number within bounds. `what` completes "give …". */
export function wholeNumber(what: string, min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int(error).min(min, error).max(max, error).describe(what)
}

/** A duration within bounds, in milliseconds. `example` such as `10m`. */
export function time(what: string, example: string, [min, max]: readonly [string, string]) {
  const error = `must be a duration with its unit from ${min} to ${max}, such as ${example}`
  const bounds = [min, max].map(bound => parseDuration(bound) ?? 0) as [number, number]
  return durationText
    .refine(value => value >= bounds[0] && value <= bounds[1], { error, params: ADD_GIVEN })
    .describe(what)
}

/** A share from 0 to 1, written as a percentage. `example` such as `5%`. */
export function share(what: string, example: string) {
  return z
    .string({
      error: issue => (issue.input === undefined ? undefined : `must be a percentage with its sign, like ${example}`),
    })
    .regex(/^(100|\d{1,2})(\.\d+)?%$/, `is not a valid percentage; give one like ${example}`)
    .describe(what)
}

/** @param written a percentage that the schema has accepted */
export const shareOf = (written: string): number => Number.parseFloat(written) / 100
