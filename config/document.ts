// The configuration as YAML: values with variables expanded, and the position of each.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import type { Problem } from '../packages/client/contract/issues.ts'
import type { ConfigPath, ConfigProblem } from './problems.ts'
import { yamlProblems } from './yamlProblems.ts'

type Position = { readonly line: number; readonly column: number }

export type ConfigDocument = {
  /** Plain values, variables expanded. */
  readonly value: unknown
  readonly problems: readonly ConfigProblem[]
  /** Position of the value, or of the nearest node around it when the value does not exist. */
  position(path: ConfigPath): Position | undefined
  keyPosition(path: ConfigPath): Position | undefined
  /** Whether the file holds the value itself, so that showing it reveals nothing. */
  isLiteral(path: ConfigPath): boolean
  /** The text with the values of variables replaced by their names: any of them may be a secret. */
  withoutVariables(text: string): string
}

export type VariableOptions = {
  readonly environment: NodeJS.ProcessEnv
  /** Whether a variable may be unset at this path: its value is not needed. */
  readonly mayBeUnset: (path: ConfigPath) => boolean
}

/** Parses the text and returns everything that is wrong in `problems`. */
export function parseConfigDocument(text: string, variables: VariableOptions): ConfigDocument {
  const { document, hidden, lines, problems: unreadable } = parseYaml(text)
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (unreadable.length > 0) return { ...NOWHERE, value: undefined, problems: unreadable }

  const { problems, expanded } = expandScalars(document, variables, positionAt)
  const startOf = (node: unknown) => (isNode(node) && node.range ? positionAt(node.range[0]) : undefined)
  return {
    value: document.toJS(),
    problems,
    position: path => startOf(nearestNode(document, path)),
    keyPosition: path => startOf(keyNode(document, path)) ?? startOf(nearestNode(document, path)),
    isLiteral: path => !expanded.has(nodeAt(document, path)),
    withoutVariables: shown => namedVariables(shown, usedVariables(hidden, variables.environment)),
  }
}

export type YamlText = {
  /** Variables are hidden; the positions of nodes are those of the text. */
  readonly document: Document.Parsed
  /** The text as it was parsed, character for character as long as the file. */
  readonly hidden: string
  readonly lines: LineCounter
  readonly problems: readonly ConfigProblem[]
}

/** Parses the text as YAML and expands no variable. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter()
  // Ends of line of any kind; each stays one character wide where the position counts.
  const hidden = hideVariables(text.replaceAll(/\r(?!\n)/g, '\n'))
  const document = parseDocument(hidden, { lineCounter: lines, prettyErrors: false, merge: true, stringKeys: true })
  return { document, hidden, lines, problems: yamlProblems(document, hidden, lines) }
}

/** A problem with its position in the document. @param above path of the part that the problem's own path starts at */
export function locate(document: ConfigDocument, problem: Problem, above: ConfigPath = []): ConfigProblem {
  const { key, message } = problem
  const path = [...above, ...problem.path]
  const position = key === undefined ? document.position(path) : document.keyPosition([...path, key])
  return { ...(position === undefined ? {} : { position }), path, ...(key === undefined ? {} : { key }), message }
}

const NOWHERE = {
  position: () => undefined,
  keyPosition: () => undefined,
  isLiteral: () => false,
  withoutVariables: String,
} as const

type Expanded = { readonly problems: readonly ConfigProblem[]; readonly expanded: ReadonlySet<unknown> }

function expandScalars(
  document: Document,
  variables: VariableOptions,
  positionAt: (offset: number) => Position,
): Expanded {
  const problems: ConfigProblem[] = []
  const expandedNodes = new Set<unknown>()
  visit(document, {
    Scalar(key, node, ancestors) {
      if (typeof node.value === 'number' || typeof node.value === 'boolean') {
        if (isText(pathOf(ancestors, key))) node.value = node.source ?? node.value
        return
      }
      if (typeof node.value !== 'string') return
      if (key === 'key') {
        node.value = showVariables(node.value)
        return
      }
      const { value, expanded, unset, misnamed } = expandVariables(node.value, variables.environment)
      node.value = unset.length > 0 && value === '' ? unset.join(' ') : value
      if (expanded) expandedNodes.add(node)
      const path = pathOf(ancestors, key)
      const report = (message: string) =>
        problems.push({ ...(node.range ? { position: positionAt(node.range[0]) } : {}), path, message })
      const bare = BARE_VARIABLE.exec(value)
      if (bare !== null && !expanded)
        report(`write \${${bare[1] ?? bare[2]}} for the value of this environment variable`)
      for (const name of misnamed) {
        report(
          `\${${name}} is not a valid name of an environment variable; use letters, digits and _ only, or write $\${${name}} for the literal text`,
        )
      }
      if (variables.mayBeUnset(path)) return
      for (const name of unset) {
        report(
          `the environment variable ${name} is not set; set it for this process or in .env beside this file, or write $\${${name}} for the literal text`,
        )
      }
    },
  })
  return { problems, expanded: expandedNodes }
}

/** Keys of a sync whose values are text: `007` and `1.50` stay as they are written. */
const TEXT_KEYS: readonly unknown[] = ['fields', 'missingFields', 'inline', 'checkbox']

const isText = ([section, , ...rest]: ConfigPath): boolean =>
  section === 'syncs' && rest.some(step => TEXT_KEYS.includes(step))

/** The key of an item of a sequence is its index; the last ancestor of a value of a mapping is its pair. */
function pathOf(ancestors: readonly unknown[], key: unknown): ConfigPath {
  const chain = [...ancestors]
  const path: (string | number)[] = []
  chain.forEach((ancestor, index) => {
    if (isPair(ancestor)) path.push(isScalar(ancestor.key) ? String(ancestor.key.value) : '?')
    const next = chain[index + 1]
    if (isNode(ancestor) && 'items' in ancestor && !isMap(ancestor)) {
      const position = next === undefined ? key : (ancestor.items as readonly unknown[]).indexOf(next)
      if (typeof position === 'number') path.push(position)
    }
  })
  return path
}

function nodeAt(document: Document, path: ConfigPath): Node | undefined {
  let node: unknown = document.contents
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (!isNode(node) || !('items' in node)) return undefined
    node = (node as { get(key: unknown, keep: true): unknown }).get(step, true)
  }
  return isNode(node) ? node : undefined
}

function keyNode(document: Document, path: ConfigPath): unknown {
  const parent = nodeAt(document, path.slice(0, -1))
  if (!isMap(parent)) return undefined
  return parent.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(path.at(-1)))?.key
}

/** The node itself; for a value that does not exist, the key of the mapping that lacks it. */
function nearestNode(document: Document, path: ConfigPath): unknown {
  const node = nodeAt(document, path)
  if (node !== undefined) return node
  for (let length = path.length - 1; length > 0; length -= 1) {
    const key = keyNode(document, path.slice(0, length))
    if (key !== undefined) return key
  }
  return document.contents
}

// `${NAME}` in values. YAML reads unquoted braces inside `{ … }` as a mapping. So the braces are replaced before parsing,
// one character by one, which keeps lines and columns, and restored afterwards.

const OPEN = '\uE000'
const CLOSE = '\uE001'

const hideVariables = (text: string): string => text.replaceAll(/\$\{([^{}\n]*)\}/g, `$$${OPEN}$1${CLOSE}`)

/** Restores the variables of a text that `parseYaml` has hidden. */
export const showVariables = (text: string): string => text.replaceAll(OPEN, '{').replaceAll(CLOSE, '}')

/** A variable as a shell writes it: `$NAME`, `%NAME%`. */
const BARE_VARIABLE = /^(?:\$([A-Z][A-Z0-9_]*)|%([A-Z][A-Z0-9_]*)%)$/

/** Shorter values are no secrets, and part of many words. */
const SHORTEST_SECRET = 3

/** undefined also for a name that every object has as a member, such as `constructor`. */
function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

/** Names and values of the variables in the text, the longest value first. */
function usedVariables(text: string, environment: NodeJS.ProcessEnv): readonly (readonly [string, string])[] {
  return [...text.matchAll(/\uE000(\w+)\uE001/g)]
    .map(([, name = '']) => [name, variable(environment, name) ?? ''] as const)
    .filter(([, value]) => value.length >= SHORTEST_SECRET)
    .toSorted(([, a], [, b]) => b.length - a.length)
}

/** Also finds a value whose quotes and backslashes are escaped, as in JSON. */
function namedVariables(text: string, variables: readonly (readonly [string, string])[]): string {
  return variables.reduce(
    (shown, [name, value]) =>
      shown.replaceAll(value, `\${${name}}`).replaceAll(JSON.stringify(value).slice(1, -1), `\${${name}}`),
    text,
  )
}

type Expansion = {
  readonly value: string
  /** Whether the value contains a variable: it may be a secret. */
  readonly expanded: boolean
  readonly unset: readonly string[]
  /** Texts between braces that are not valid names of variables. */
  readonly misnamed: readonly string[]
}

/** Expands a value with hidden variables; `$${NAME}` gives the literal text `${NAME}`. */
function expandVariables(text: string, environment: NodeJS.ProcessEnv): Expansion {
  const unset: string[] = []
  const misnamed: string[] = []
  let expanded = false
  const value = text.replaceAll(/(\$?)\$\uE000([^\uE001]*)\uE001/g, (_, escaping: string, name: string) => {
    if (escaping !== '') return `\${${name}}`
    expanded = true
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) misnamed.push(name)
    else if (variable(environment, name) === undefined) unset.push(name)
    return variable(environment, name) ?? ''
  })
  return { value: showVariables(value), expanded, unset, misnamed }
}
