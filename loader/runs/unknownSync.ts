import { RunRejectedError } from '../spec/runRejectedError.ts'

/** For a name that the worker's configuration has no sync of. */
export function unknownSync(name: string, known: readonly string[]): RunRejectedError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new RunRejectedError(`Sync ${name}`, [`the worker's configuration has no such sync; ${names}`])
}
