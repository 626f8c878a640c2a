import { RunRejectedError } from '../spec/runRejectedError.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/messages.ts'

type Kind = 'string' | 'boolean' | 'object'

const KEYS: Readonly<Record<keyof SyncRecordsInput, Kind>> = {
  sync: 'string',
  spec: 'object',
  runId: 'string',
  scheduledTime: 'string',
  timeZone: 'string',
  inlineResults: 'boolean',
  resume: 'object',
}

/** Problems of the input of `syncRecords`, which a program in any language may have made. Null means absent. */
export function inputProblems(input: object): readonly string[] {
  return Object.entries(input).flatMap(([key, value]) => {
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key as keyof SyncRecordsInput] : undefined
    if (kind === undefined) return [unknownKey(key)]
    const fits = value === null || value === undefined || (typeof value === kind && !Array.isArray(value))
    return fits
      ? []
      : [
          `${key}: expected ${kind === 'boolean' ? 'true or false' : { string: 'a text', object: 'an object' }[kind]}; given ${JSON.stringify(value)}`,
        ]
  })
}

function unknownKey(key: string): string {
  const allowed = Object.keys(KEYS).filter(name => name !== 'resume')
  return `unknown key "${key}"; allowed: ${allowed.join(', ')}${didYouMean(key, allowed)}`
}

/** For a name that the worker's configuration has no sync of. */
export function unknownSync(name: string, known: readonly string[]): RunRejectedError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new RunRejectedError(`Sync ${name}`, [`the worker's configuration has no such sync; ${names}`])
}
