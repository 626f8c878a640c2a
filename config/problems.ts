import type { Problem } from '../packages/client/contract/issues.ts'
import type { ConfigDocument } from './configDocument.ts'
import type { ConfigPath, ConfigProblem } from './configProblem.ts'

/** Maximum length of a given value in a message. */
const SHOWN_CHARACTERS = 60

/**
 * Problems of a value of the document, with their positions.
 * @param above path of the value in the document
 */
export function locate(
  problems: readonly Problem[],
  document: ConfigDocument,
  above: ConfigPath = [],
): ConfigProblem[] {
  return problems.map(({ path, message, key }) => {
    const full = [...above, ...path]
    const position = key === undefined ? document.position(full) : document.keyPosition([...full, key])
    return { ...(position === undefined ? {} : { position }), path: full, message }
  })
}

/** The given value as messages show it; undefined for a secret and for what came from a variable. */
export function shownIn(document: ConfigDocument) {
  return (value: unknown, path: Problem['path']): string | undefined => {
    if (Array.isArray(value)) return 'a list'
    if (typeof value === 'object') return 'a mapping'
    if (!document.isLiteral(path) || mayBeSecret(path, value)) return undefined
    const text = String(value)
    return `'${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}'`
  }
}

const SECRET_NOTIFICATION_KEYS: readonly string[] = ['url', 'secret', 'smtp']

/** Credentials, even in the wrong place: everything under `auth`, and addresses with a user. */
function mayBeSecret(path: ConfigPath, value: unknown): boolean {
  if (path[0] === 'connections' && path[2] === 'auth') return path.at(-1) !== 'flow'
  if (path[0] === 'notifications' && SECRET_NOTIFICATION_KEYS.includes(String(path.at(-1)))) return true
  return /\/\/[^/]*@/.test(String(value))
}
