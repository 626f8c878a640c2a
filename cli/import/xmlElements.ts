// XML as a tree of elements. No DTD is loaded, and no entity is known but those of XML itself.
import { SaxesParser } from 'saxes'
import { encodingOf } from '../../packages/client/contract/encodings.ts'
import { CommandError } from '../commandError.ts'

export type XmlElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** The text directly inside, without blanks at its ends. */
  readonly text: string
  /** 1-based. */
  readonly line: number
}

type OpenElement = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] }

/** Throws CommandError with line and column when the text is not well-formed. @param shown the file in messages */
export function readXml(bytes: Uint8Array, shown: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: true })
  const open: OpenElement[] = []
  const roots: XmlElement[] = []
  const addText = (text: string) => {
    const inner = open.at(-1)
    if (inner !== undefined) inner.text += text
  }
  parser.on('error', ({ message }) => {
    throw new CommandError(`${shown}:${message.replace(/\.$/, '')}; correct the XML, or save the file again`)
  })
  parser.on('opentag', ({ name, attributes }) => {
    open.push({ name, attributes: { ...attributes }, children: [], text: '', line: parser.line })
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed === undefined) return
    const element = { ...closed, text: closed.text.trim() }
    const siblings = open.at(-1)?.children ?? roots
    siblings.push(element)
  })
  parser.write(decoded(bytes, shown)).close()
  // A well-formed document has one.
  return roots[0] as XmlElement
}

const DECLARATION = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/

function decoded(bytes: Uint8Array, shown: string): string {
  const beginning = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const declared = DECLARATION.exec(beginning.replace(/^\u00ef\u00bb\u00bf/, ''))?.[1] ?? 'utf-8'
  const encoding = byteOrderMark(bytes) ?? encodingOf(declared)
  if (encoding === undefined) {
    throw new CommandError(`${shown} declares the encoding ${declared}, which is unknown; save it as UTF-8`)
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new CommandError(
      `${shown} is not ${encoding} text; save it as UTF-8, or declare its encoding in its first line`,
    )
  }
}

const byteOrderMark = ([first, second]: Uint8Array): string | undefined => {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}
