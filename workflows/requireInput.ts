import { ApplicationFailure } from '@temporalio/workflow'
import { isObject, shownValue } from '../packages/client/contract/givenValue.ts'

/** Characters shown of what was given. */
const SHOWN = 200

/**
 * Rejects a start without the one object that a workflow takes, or without one of its texts: a program in any language may start
 * it with anything, and an error of another kind here would be tried again for ever.
 * @param example of an input, for the message
 * @param required keys that must hold a text
 */
export function requireInput(
  input: unknown,
  example: Readonly<Record<string, string>>,
  required: readonly string[] = Object.keys(example),
): void {
  const given: Readonly<Record<string, unknown>> | undefined = isObject(input) ? input : undefined
  if (given !== undefined && required.every(key => typeof given[key] === 'string' && given[key] !== '')) return
  throw ApplicationFailure.create({
    type: 'InputRejectedError',
    message: `The input must be one object such as ${JSON.stringify(example)}; given ${shownValue(input, SHOWN)}`,
    nonRetryable: true,
  })
}
