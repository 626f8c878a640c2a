// Building blocks of the configuration's schema. Each carries the words that explain it, for editors and for errors.
import { z } from 'zod'

/** A text that may not be empty. `what` completes "give …". */
export function text(what: string) {
  return z
    .string({ error: issue => (issue.input === undefined ? `is missing; give ${what}` : undefined) })
    .min(1, `is empty; give ${what}`)
    .describe(what)
}

/** A text that had better not stand in the file itself. */
export function secret(what: string) {
  return text(`${what}, best as \${NAME} of an environment variable`)
}

/** A whole number within bounds. `what` completes "give …". */
export function wholeNumber(what: string, least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`
  return z.int(error).min(least, error).max(most, error).describe(what)
}

/** A mapping without other keys; the error about one lists the allowed ones, for problemsOfIssues to complete. */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  })
}
