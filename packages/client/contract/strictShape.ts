import { z } from 'zod'
import { didYouMean } from './nearestName.ts'

/** An object whose unknown keys are rejected, with the allowed ones named. */
export function strictShape<Shape extends z.ZodRawShape>(shape: Shape) {
  const allowed = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const [key = ''] = issue.keys
      return `unknown key "${key}"; allowed: ${allowed.join(', ')}${didYouMean(key, allowed)}`
    },
  })
}
