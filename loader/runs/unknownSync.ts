import { RunRefusedError } from '../spec/runRefusedError.ts'

/** For a name that the worker's configuration has no sync of. */
export function unknownSync(name: string, known: readonly string[]): RunRefusedError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new RunRefusedError(`Sync ${name}`, [`the worker's configuration has no such sync; ${names}`])
}
