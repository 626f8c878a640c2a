import { z } from 'zod'
import { didYouMean } from './nearestName.ts'

/** An object that rejects unknown keys, with a message that lists the allowed ones. */
export function strictShape<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, allowed) : undefined),
  })
}

function unknownKeys(keys: readonly string[], allowed: readonly string[]): string {
  const names = keys.map(key => JSON.stringify(key)).join(', ')
  const meant = keys.map(key => didYouMean(key, allowed)).join('')
  return `unknown key${keys.length === 1 ? '' : 's'} ${names}; allowed: ${allowed.join(', ')}${meant}`
}
