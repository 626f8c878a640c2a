// What is wrong with the YAML, in words that name the cause. The parser reports consequences too: only its first error counts.
import { type Document, isAlias, isScalar, type LineCounter, type Node, visit, type YAMLError } from 'yaml'
import type { ConfigProblem } from './problems.ts'

type Found = { readonly offset: number; readonly message: string }

/** The problems that keep the document from being read; none quotes a value, which may be a secret. */
export function yamlProblems(document: Document, text: string, lines: LineCounter): readonly ConfigProblem[] {
  return found(document, text).map(({ offset, message }) => {
    const { line, col: column } = lines.linePos(offset)
    return { position: { line, column }, path: [], message }
  })
}

function found(document: Document, text: string): readonly Found[] {
  const [first] = document.errors
  if (first === undefined) return misreadValues(document)
  if (first.code !== 'DUPLICATE_KEY') return [strangeSpace(text) ?? syntaxProblem(first, text)]
  return document.errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ pos: [offset] }) => duplicate(offset, text))
}

function duplicate(offset: number, text: string): Found {
  const [, name] = /^["']?([\w.-]+)/.exec(text.slice(offset)) ?? []
  return { offset, message: name === undefined ? 'duplicate key; remove one' : `duplicate key ${name}; remove one` }
}

const QUOTES = 'put the value in quotes'

function syntaxProblem({ code, message, pos: [offset] }: YAMLError, text: string): Found {
  const at = (words: string, place = offset): Found => ({ offset: place, message: `is not valid YAML: ${words}` })
  switch (code) {
    case 'TAB_AS_INDENT':
      return at('the line is indented with a tab; indent it with spaces')
    case 'BAD_INDENT':
      if (/end with a [}\]]/.test(message)) return at('a { or [ before this is not closed; add the } or ]')
      return at('the line is indented differently from the keys around it; align it with them')
    case 'BLOCK_AS_IMPLICIT_KEY':
      return compactMapping(offset, text, at)
    case 'MULTILINE_IMPLICIT_KEY':
      return at('the line has no colon followed by a space; write it as key: value')
    case 'MISSING_CHAR':
      return missingCharacter(message, text, at)
    case 'BAD_SCALAR_START':
      return at(`the value starts with a character that YAML reserves; ${QUOTES}`)
    case 'BAD_DQ_ESCAPE':
      return at('a \\ in double quotes starts an escape; use single quotes, or / in a path')
    case 'MULTIPLE_DOCS':
      return at('--- starts a second document; remove the line')
    default:
      return at(`the text does not belong here; ${QUOTES}, also when it has { } [ ] or : in it`)
  }
}

type At = (words: string, place?: number) => Found

/** `title: a: b`, or a line that is indented deeper than the complete line before it. */
function compactMapping(offset: number, text: string, at: At): Found {
  const rest = text.slice(offset)
  const [line = ''] = rest.split('\n', 1)
  if (/:(\s|$)/.test(line)) return at(`the value has a colon followed by a space; ${QUOTES}`)
  const next = offset + line.length + 1
  const indent = /^ */.exec(text.slice(next))?.[0].length ?? 0
  return at('the line is indented deeper than the line before it, which has a value already; align both', next + indent)
}

/** A quote that is not closed runs to the end of the file: the first line with an odd number of them has it. */
function missingCharacter(message: string, text: string, at: At): Found {
  const [, quote] = /closing (["'])/.exec(message) ?? []
  if (quote === undefined) return at('a { or [ before this is not closed; add the } or ]')
  let offset = 0
  for (const line of text.split('\n')) {
    if (line.split(quote).length % 2 === 0)
      return at(`the quote ${quote} is not closed`, offset + line.lastIndexOf(quote))
    offset += line.length + 1
  }
  return at(`a quote ${quote} is not closed`)
}

/** Blanks that a web page or a word processor puts where YAML needs spaces. */
function strangeSpace(text: string): Found | undefined {
  const match = /^ *([\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000])/m.exec(text)
  if (match === null) return undefined
  const code = match[1]?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  const offset = match.index + match[0].length - 1
  return {
    offset,
    message: `is not valid YAML: the line is indented with U+${code}, which is not a space; indent it with spaces`,
  }
}

/** Values that YAML reads as something else than their text. */
function misreadValues(document: Document): readonly Found[] {
  const problems: Found[] = []
  const report = (node: Node, message: string) => problems.push({ offset: node.range?.[0] ?? 0, message })
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) === undefined) report(node, `starts with *, which refers to another value; ${QUOTES}`)
    },
    Scalar(_, node) {
      if (isAlias(node) || !isScalar(node) || typeof node.value !== 'string') return
      if (node.type === 'PLAIN' && /^[“”„‟‘’‚«»]/.test(node.value)) {
        report(node, `starts with a typographic quote; use the straight " or '`)
      }
    },
  })
  const tags = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
  return [
    ...problems,
    ...tags.map(({ pos: [offset] }) => ({ offset, message: `starts with !, which YAML reads as a type; ${QUOTES}` })),
  ]
}
