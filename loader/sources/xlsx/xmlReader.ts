import { XmlScanner } from './xmlScanner.ts'

/** What reads a part of a workbook. The element or text is the one at which the scanner is. */
export type XmlHandler = {
  open(name: string, scanner: XmlScanner): void
  close(name: string): void
  text?(scanner: XmlScanner): void
}

/** Reads XML block by block. */
export class XmlReader {
  readonly #scanner: XmlScanner
  readonly #handler: XmlHandler

  /** @param part the name of the part, for messages */
  constructor(source: string, part: string, handler: XmlHandler) {
    this.#scanner = new XmlScanner(source, part)
    this.#handler = handler
  }

  /** Throws WorkbookError. */
  write(block: Buffer): void {
    const scanner = this.#scanner
    const handler = this.#handler
    scanner.feed(block)
    for (;;) {
      switch (scanner.next()) {
        case 'more':
          return
        case 'open':
          handler.open(scanner.name, scanner)
          break
        case 'empty': {
          const { name } = scanner
          handler.open(name, scanner)
          handler.close(name)
          break
        }
        case 'close':
          handler.close(scanner.name)
          break
        case 'text':
          handler.text?.(scanner)
      }
    }
  }

  /** Throws WorkbookError when the part ends early. */
  end(): void {
    this.#scanner.finish()
  }
}
