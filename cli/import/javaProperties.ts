// Files of Java properties: Data Loader's mappings (.sdl) and config.properties.
// https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader-
import { CommandError } from '../commandError.ts'

export type Property = {
  /** 1-based; where it begins. */
  readonly line: number
  readonly key: string
  readonly value: string
  /** What ends the key: `=`, `:`, a blank, or nothing in a line that is a key alone. */
  readonly separator: '=' | ':' | ' ' | ''
  /** The line as it is written. */
  readonly written: string
}

export type PropertiesFile = {
  readonly properties: readonly Property[]
  /** Whether it has letters in UTF-8, where Java reads ISO 8859-1. */
  readonly isUtf8: boolean
}

/** Throws CommandError for an escape that Java rejects. @param shown the file in messages */
export function readProperties(bytes: Uint8Array, shown: string): PropertiesFile {
  const { text, isUtf8 } = decoded(bytes)
  const properties = logicalLines(text).map(({ line, written }) => propertyOf(written, line, `${shown}:${line}`))
  return { properties, isUtf8 }
}

function decoded(bytes: Uint8Array): { readonly text: string; readonly isUtf8: boolean } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, isUtf8: /[^\0-\x7f]/.test(text) }
  } catch {
    return { text: Buffer.from(bytes).toString('latin1'), isUtf8: false }
  }
}

type Line = { readonly line: number; readonly written: string }

/** Lines without comments and blank ones; a line that ends with a backslash continues in the next. */
function logicalLines(text: string): readonly Line[] {
  const lines = text.split(/\r\n|\r|\n/)
  const found: Line[] = []
  for (let index = 0; index < lines.length; index += 1) {
    let written = withoutIndent(lines[index])
    if (written === '' || /^[#!]/.test(written)) continue
    const line = index + 1
    while (/(?<!\\)(?:\\\\)*\\$/.test(written)) {
      index += 1
      written = written.slice(0, -1) + withoutIndent(lines[index])
    }
    found.push({ line, written })
  }
  return found
}

const withoutIndent = (line = ''): string => line.replace(/^[ \t\f]+/, '')

const KEY = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*([=:]?)[ \t\f]*/s

function propertyOf(written: string, line: number, place: string): Property {
  const [start = '', key = '', sign = ''] = KEY.exec(written) ?? []
  const value = written.slice(start.length)
  const separator = sign === '' ? blankSeparator(start.length > key.length, value) : (sign as '=' | ':')
  return { line, key: unescaped(key, place), value: unescaped(value, place), separator, written }
}

const blankSeparator = (hasBlank: boolean, value: string): ' ' | '' => (hasBlank && value !== '' ? ' ' : '')

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string, place: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/gs, (written, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (code !== 'u') return ESCAPES[code] ?? code
    throw new CommandError(`${place} has ${written} without four hexadecimal digits; write a backslash as \\\\`)
  })
}
