// Additions to the text of sflink.yaml. Only lines are added, so that comments, order and spelling of the rest stay.
import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, isSeq, type Node, type Pair, stringify, type YAMLMap, Document as YamlDocument } from 'yaml'
import { isObject } from '../packages/client/contract/issues.ts'
import { parseYaml, showVariables } from './document.ts'

const INDENT = 2

/** The keys of a section, a mapping at the top of the text. */
export function keysOf(text: string, section: string): readonly string[] {
  const value = plainValue(text)
  const inner = isObject(value) ? value[section] : undefined
  return isObject(inner) ? Object.keys(inner) : []
}

/**
 * The text with an entry added at the end of a section, which is added if it is missing.
 * Returns undefined when the text is written in a way that leaves no place for it.
 * @param entry a mapping as YAML, one key per line, with its comments
 */
export function withEntry(text: string, section: string, name: string, entry: string): string | undefined {
  const lines = [`${stringify(name).trim()}:`, ...indented(entry, INDENT)]
  const edited = inLinesOf(text, section, source => {
    const pair = pairOf(source, section)
    if (pair === undefined) return appended(source, [`${section}:`, ...lines.map(line => shifted(line, INDENT))])
    const { at, indent, isFirst } = endOfSection(source, pair)
    return inserted(source, at, [...(isFirst ? [] : ['']), ...lines.map(line => shifted(line, indent))])
  })
  const value = plainValue(`${section}:\n${lines.map(line => shifted(line, INDENT)).join('\n')}`)
  const added = isObject(value) && isObject(value[section]) ? value[section] : {}
  return checked(text, edited, before => ({ ...before, [section]: { ...sectionOf(before, section), ...added } }))
}

/**
 * The text with an item added to a list at the top of the text.
 * Returns undefined when the text is written in a way that leaves no place for it.
 * @param otherwise the items before it if the text has no such list
 */
export function withItem(text: string, key: string, item: string, otherwise: readonly string[]): string | undefined {
  const list = pairOf(text, key)?.value
  const shown = JSON.stringify(item)
  const edited = isSeq(list) && list.items.length > 0 ? afterItems(text, list, shown) : undefined
  const whole = [...otherwise, item].map(one => JSON.stringify(one)).join(', ')
  const added = pairOf(text, key) === undefined ? appended(text, [`${key}: [${whole}]`]) : edited
  return checked(text, added, before => {
    const items = before[key] ?? otherwise
    return { ...before, [key]: Array.isArray(items) ? [...items, item] : items }
  })
}

/** The edited text, if it says what it said before and the addition, nothing else. */
function checked(
  before: string,
  after: string | undefined,
  expected: (before: Readonly<Record<string, unknown>>) => unknown,
): string | undefined {
  if (after === undefined || parseYaml(after).problems.length > 0) return undefined
  const value = plainValue(before) ?? {}
  return isObject(value) && isDeepStrictEqual(plainValue(after), expected(value)) ? after : undefined
}

const sectionOf = (value: Readonly<Record<string, unknown>>, section: string): object =>
  isObject(value[section]) ? value[section] : {}

/** Edits the text; a section in braces is written in lines first. */
function inLinesOf(text: string, section: string, edit: (text: string) => string): string | undefined {
  const value = pairOf(text, section)?.value
  if (!isMap(value) || value.flow !== true || !value.range) return edit(text)
  const [start, end] = value.range
  value.flow = false
  const block = value.items.length === 0 ? '' : showVariables(new YamlDocument(value).toString({ lineWidth: 0 }))
  const lines = block === '' ? [] : indented(block.trimEnd(), indentAt(text, start) + INDENT)
  return edit(`${text.slice(0, start).trimEnd()}${lines.map(line => `\n${line}`).join('')}${text.slice(end)}`)
}

type Root = YAMLMap<Node, Node | null>

function rootOf(text: string): Root | undefined {
  const { contents } = parseYaml(text).document
  return isMap(contents) ? (contents as Root) : undefined
}

function pairOf(text: string, key: string): Pair<Node, Node | null> | undefined {
  return rootOf(text)?.items.find(pair => isScalar(pair.key) && pair.key.value === key)
}

function plainValue(text: string): unknown {
  return parseYaml(text).document.toJS()
}

type EndOfSection = { readonly at: number; readonly indent: number; readonly isFirst: boolean }

/** Where the section ends: before the next key, and before the comments and blank lines above that key. */
function endOfSection(text: string, { key, value }: Pair<Node, Node | null>): EndOfSection {
  const indent = indentAt(text, startOf(key))
  const items = isMap(value) ? value.items : []
  const first = items[0]?.key as Node | undefined
  const next = rootOf(text)?.items.find(pair => startOf(pair.key) > startOf(key))
  const at = endOfContent(text, next === undefined ? text.length : lineStart(text, startOf(next.key)), indent)
  return { at, indent: first === undefined ? indent + INDENT : indentAt(text, startOf(first)), isFirst: !first }
}

const startOf = (node: Node): number => node.range?.[0] ?? 0

/** The end of the last line before a position that is neither blank, nor the end mark, nor a comment as far left as the keys. */
function endOfContent(text: string, before: number, indent: number): number {
  let end = before
  while (end > 0) {
    const start = lineStart(text, end - 1)
    const line = text.slice(start, end)
    const comment = /^ *#/.exec(line)
    if (!/^\s*$|^\.\.\./.test(line) && (comment === null || comment[0].length - 1 > indent)) break
    end = start
  }
  return end
}

/** Adds lines to a text that has no key of theirs. */
function appended(text: string, lines: readonly string[]): string {
  const at = text.search(/^\.\.\.\s*$/m)
  const indent = indentAt(text, startOf((rootOf(text)?.items[0]?.key as Node | undefined) ?? NOWHERE))
  const place = at < 0 ? text.length : at
  const gap = text.slice(0, place).trim() === '' ? [] : ['']
  return inserted(text, place, [...gap, ...lines.map(line => shifted(line, indent))])
}

const NOWHERE = { range: [0, 0, 0] } as unknown as Node

function afterItems(text: string, list: { readonly flow?: boolean; readonly items: readonly unknown[] }, item: string) {
  const last = list.items.at(-1) as Node
  const end = last.range?.[1] ?? 0
  if (list.flow === true) return `${text.slice(0, end)}, ${item}${text.slice(end)}`
  const lineEnd = text.indexOf('\n', end - 1)
  const dash = /^ *- /.exec(text.slice(lineStart(text, startOf(last))))
  if (dash === null) return undefined
  return inserted(text, lineEnd < 0 ? text.length : lineEnd + 1, [`${dash[0]}${item}`])
}

/** Inserts whole lines at the beginning of a line, with the line ends of the text. */
function inserted(text: string, at: number, lines: readonly string[]): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const before = text.slice(0, at)
  const open = before === '' || before.endsWith('\n') ? '' : lineEnd
  return `${before}${open}${lines.map(line => line + lineEnd).join('')}${text.slice(at)}`
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

const indentAt = (text: string, at: number): number => /^ */.exec(text.slice(lineStart(text, at)))?.[0].length ?? 0

const indented = (text: string, by: number): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => shifted(line, by))

const shifted = (line: string, by: number): string => (line === '' ? '' : ' '.repeat(by) + line)
