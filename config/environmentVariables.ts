// `${NAME}` in configuration values.
// Unquoted inside `{ … }` YAML would take its braces for a mapping, so they are hidden from the parser, one character for one
// so that lines and columns stay right, and put back in what it returns.

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
  /** Whether a variable was put in: the value may be a secret. */
  readonly expanded: boolean
  /** Variables that are not set. */
  readonly unset: readonly string[]
  /** What stands between braces but can't be a variable's name. */
  readonly misnamed: readonly string[]
}

/** Expands a value with hidden variables; `$${NAME}` stands for a plain `${NAME}`. */
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
