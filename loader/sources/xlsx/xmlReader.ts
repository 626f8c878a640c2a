import { SaxesParser } from 'saxes'
import { broken, type WorkbookError } from './errors.ts'

export type XmlAttributes = Readonly<Record<string, string>>

/** What reads a part of a workbook. Names are without the prefix of their namespace: programs choose different ones. */
export type XmlHandler = {
  open(name: string, attributes: XmlAttributes): void
  close(name: string): void
  text?(text: string): void
}

/** Bytes without an element, from which on a part is not a workbook's: a cell has at most 32,767 characters. */
const LONGEST_TEXT = 16_000_000

/** Reads XML piece by piece. It takes no document type, so that no entities can be declared. */
export class XmlReader {
  readonly #parser = new SaxesParser()
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #failed: (problem: string) => WorkbookError
  #sinceElement = 0

  /** @param part the name of the part, for messages */
  constructor(source: string, part: string, handler: XmlHandler) {
    this.#failed = problem => broken(source, `${part}: ${problem}`)
    this.#parser.on('opentag', ({ name, attributes }) => {
      this.#sinceElement = 0
      handler.open(localName(name), attributes)
    })
    this.#parser.on('closetag', ({ name }) => {
      this.#sinceElement = 0
      handler.close(localName(name))
    })
    this.#parser.on('text', text => handler.text?.(text))
    this.#parser.on('cdata', text => handler.text?.(text))
    this.#parser.on('doctype', () => {
      throw this.#failed('it declares a document type, which no workbook has')
    })
    this.#parser.on('error', error => {
      throw this.#failed(error.message)
    })
  }

  /** Throws WorkbookError. */
  write(bytes: Uint8Array): void {
    this.#sinceElement += bytes.length
    this.#parser.write(this.#decode(bytes))
    if (this.#sinceElement > LONGEST_TEXT) throw this.#failed(`it has a text of more than ${LONGEST_TEXT} bytes`)
  }

  /** Throws WorkbookError when an element is still open. */
  end(): void {
    this.#parser.write(this.#decode())
    this.#parser.close()
  }

  #decode(bytes?: Uint8Array): string {
    try {
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true })
    } catch {
      throw this.#failed('it is not UTF-8')
    }
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
