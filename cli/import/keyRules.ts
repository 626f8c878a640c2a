// Settings of another tool that no key of a sync or a connection takes, and why.
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { Note } from './imported.ts'

type KeyRule = {
  readonly keys: readonly string[]
  readonly kind: Note['kind']
  readonly text: string
  /** Values with which the key changes nothing; a blank one always does. */
  readonly idle?: readonly string[]
}

export type KeyRules = {
  /** Completes "is not a …". */
  readonly what: string
  /** Settings that become keys of sflink.yaml; their readers report themselves where a person has to act. */
  readonly carried: readonly string[]
  readonly rules: readonly KeyRule[]
}

/** Values of a setting that is switched off. */
export const OFF: readonly string[] = ['false', '0']

/** The note about a setting; undefined when it is carried over. */
export function noteOfKey({ what, carried, rules }: KeyRules, key: string, value: string): Note | undefined {
  if (carried.includes(key)) return undefined
  const rule = rules.find(({ keys }) => keys.includes(key))
  if (rule === undefined) {
    const known = [...carried, ...rules.flatMap(({ keys }) => keys)]
    return { kind: 'notCarried', subject: key, text: `is not a ${what}${didYouMean(key, known)}` }
  }
  const isIdle = value === '' || rule.idle?.includes(value.toLowerCase())
  if (isIdle) return { kind: 'notNeeded', subject: key, text: 'changes nothing with its value' }
  return { kind: rule.kind, subject: key, text: rule.text }
}
