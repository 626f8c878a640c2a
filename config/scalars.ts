// Building blocks of the configuration's schema. `what` describes the value for editors and errors: it completes "expected …".
import { z } from 'zod'

/** Text that is not empty. */
export function text(what: string) {
  const error = `expected ${what}`
  return z.string({ error }).min(1, { error, abort: true }).describe(what)
}

/** Text that should not be written into the file itself. */
export function secret(what: string) {
  return text(`${what}, preferably as \${NAME} of an environment variable`)
}

/** A whole number within limits. */
export function wholeNumber(what: string, min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error }).describe(what)
}
