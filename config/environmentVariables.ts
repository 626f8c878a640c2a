// `${NAME}` in configuration values.
// YAML reads unquoted braces inside `{ … }` as a mapping. So the braces are replaced before parsing, one character by one, which
// keeps lines and columns, and restored afterwards.

const OPEN = '\uE000'
const CLOSE = '\uE001'

export function hideVariables(text: string): string {
  return text.replaceAll(/\$\{([^{}\n]*)\}/g, `$$${OPEN}$1${CLOSE}`)
}

export function showVariables(text: string): string {
  return text.replaceAll(OPEN, '{').replaceAll(CLOSE, '}')
}

export type Expansion = {
  readonly value: string
  /** Whether the value contains a variable: it may be a secret. */
  readonly expanded: boolean
  /** Variables that are not set. */
  readonly unset: readonly string[]
  /** Texts between braces that are not valid names of variables. */
  readonly misnamed: readonly string[]
}

/** Expands a value with hidden variables; `$${NAME}` gives the literal text `${NAME}`. */
export function expandVariables(text: string, environment: NodeJS.ProcessEnv): Expansion {
  const unset: string[] = []
  const misnamed: string[] = []
  let expanded = false
  const value = text.replaceAll(/(\$?)\$\uE000([^\uE001]*)\uE001/g, (_, escaping: string, name: string) => {
    if (escaping !== '') return `\${${name}}`
    expanded = true
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) misnamed.push(name)
    else if (environment[name] === undefined) unset.push(name)
    return environment[name] ?? ''
  })
  return { value: showVariables(value), expanded, unset, misnamed }
}
