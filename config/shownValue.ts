// Values of the configuration as errors show them: no secret, and nothing that came from an environment variable.
import type { ShowGiven } from '../packages/client/contract/specProblems.ts'
import type { ConfigDocument } from './document.ts'
import type { ConfigPath } from './problems.ts'

/** Longest value that an error shows, in characters. */
const MAX_SHOWN = 60

export function shownValue(document: ConfigDocument): ShowGiven {
  return (path, value) => {
    if (Array.isArray(value)) return 'a list'
    if (typeof value === 'object' && value !== null) return 'a mapping'
    if (!document.isLiteral(path) || mayBeSecret(path, value)) return undefined
    const text = String(value)
    return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : value)
  }
}

const SECRET_NOTIFICATION_KEYS: readonly string[] = ['url', 'secret', 'smtp']

/** Credentials, also in the wrong place: everything under `auth`, and addresses that contain a user. */
function mayBeSecret(path: ConfigPath, value: unknown): boolean {
  if (path[0] === 'connections' && path[2] === 'auth') return path.at(-1) !== 'flow'
  if (path[0] === 'notifications' && SECRET_NOTIFICATION_KEYS.includes(String(path.at(-1)))) return true
  return /\/\/[^/]*@/.test(String(value))
}
