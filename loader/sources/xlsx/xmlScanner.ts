import { isUtf8 } from 'node:buffer'
import { incompleteUtf8 } from '../../csv/utf8.ts'
import { broken, type WorkbookError } from './errors.ts'

/** What `next` has found: `more` is nothing as long as no more bytes come, `empty` an element without content. */
type XmlToken = 'more' | 'open' | 'empty' | 'close' | 'text'

/** Bytes without an end of a token, from which on a part is not a workbook's: a cell has at most 32,767 characters. */
const LONGEST_TOKEN = 16_000_000

/** Names of at most so many bytes are made once: a sheet has millions of `c` and `v`. */
const SHORT_NAME = 4

const [TAB, LF, CR, BLANK, EXCLAMATION, DOUBLE_QUOTE, AMPERSAND, QUOTE] = [9, 10, 13, 32, 33, 34, 38, 39]
const [SLASH, COLON, LESS, EQUALS, GREATER, QUESTION] = [47, 58, 60, 61, 62, 63]

/** Above this length a search of the system costs less than a loop. */
const LOOPED = 48

/**
 * Finds the tags and texts of XML in blocks of UTF-8, without a string for each: a large sheet has tens of millions.
 * It takes no document type, so that no entities can be declared. Names are without the prefix of their namespace, because programs choose different ones.
 */
export class XmlScanner {
  readonly #source: string
  readonly #part: string
  readonly #names = new Map<number, string>()
  readonly #open: string[] = []
  #hasRoot = false
  /** Whether the text is in CDATA, which has no entities. */
  #isRaw = false
  /** Used again for each block. */
  #memory: Buffer = Buffer.alloc(0)
  #at = 0
  /** No text ends before. */
  #searched = 0
  /** Valid UTF-8 ends here. */
  #checked = 0
  #name = ''
  #attribute = 0
  #attributesEnd = 0
  bytes: Buffer = Buffer.alloc(0)
  /** Where a text lies, and after `nextAttribute` its value, as it is written. */
  start = 0
  end = 0
  /** Where the name of the attribute lies. */
  attributeStart = 0
  attributeEnd = 0

  /** @param part the name of the part, for messages */
  constructor(source: string, part: string) {
    this.#source = source
    this.#part = part
  }

  /** The name of the element that was opened or closed. */
  get name(): string {
    return this.#name
  }

  /** Adds bytes. What was found before is not valid any more. Throws WorkbookError when they are not UTF-8. */
  feed(block: Buffer): void {
    const rest = this.bytes.subarray(this.#at)
    if (rest.length > LONGEST_TOKEN) throw this.failed(`it has a text of more than ${LONGEST_TOKEN} bytes`)
    const length = rest.length + block.length
    const target = length > this.#memory.length ? Buffer.allocUnsafeSlow(2 * length) : this.#memory
    rest.copy(target)
    block.copy(target, rest.length)
    this.#memory = target
    this.bytes = target.subarray(0, length)
    this.#searched -= this.#at
    this.#checked -= this.#at
    this.#at = 0
    const whole = length - incompleteUtf8(this.bytes)
    if (!isUtf8(this.bytes.subarray(this.#checked, whole))) throw this.failed('it is not UTF-8')
    this.#checked = whole
  }

  /** Throws WorkbookError. */
  next(): XmlToken {
    for (;;) {
      const { bytes } = this
      const at = this.#at
      if (at >= bytes.length) return this.#wait(at)
      if (bytes[at] !== LESS) return this.#text(at)
      if (at + 1 >= bytes.length) return this.#wait(at)
      const second = bytes[at + 1]
      if (second === SLASH) return this.#close(at)
      if (second !== EXCLAMATION && second !== QUESTION) return this.#openTag(at)
      const end = this.#special(at, second)
      if (end !== 'passed') return end
    }
  }

  /** Goes to the next attribute of the element that was opened; false after the last one. */
  nextAttribute(): boolean {
    const { bytes } = this
    const end = this.#attributesEnd
    let at = this.#attribute
    while (at < end && isBlank(bytes[at] as number)) at++
    if (at >= end) return false
    this.attributeStart = at
    while (at < end && bytes[at] !== EQUALS) at++
    let nameEnd = at
    while (nameEnd > this.attributeStart && isBlank(bytes[nameEnd - 1] as number)) nameEnd--
    this.attributeEnd = nameEnd
    at++
    while (at < end && isBlank(bytes[at] as number)) at++
    const quote = bytes[at]
    let close = at + 1
    while (close < end && bytes[close] !== quote) close++
    if (close >= end || (quote !== DOUBLE_QUOTE && quote !== QUOTE)) {
      throw this.failed(`the element ${this.#name} has an attribute without a value`)
    }
    this.start = at + 1
    this.end = close
    this.#attribute = close + 1
    return true
  }

  /** The attributes of the element that was opened. Those with a prefix keep it. */
  attributes(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    while (this.nextAttribute())
      found[this.bytes.toString('utf8', this.attributeStart, this.attributeEnd)] = this.text()
    return found
  }

  /** Whether the text is the same as its bytes. */
  get isPlain(): boolean {
    const { bytes, end } = this
    for (let at = this.start; at < end; at++) if (bytes[at] === AMPERSAND || bytes[at] === CR) return false
    return true
  }

  /** The text, or the value of the attribute. */
  text(): string {
    const written = this.bytes.toString('utf8', this.start, this.end).replaceAll(/\r\n?/g, '\n')
    return written.includes('&') && !this.#isRaw ? written.replaceAll(/&([^;&]{0,20});?/g, this.#entity) : written
  }

  /** Throws WorkbookError when an element is open or nothing was found. */
  finish(): void {
    if (this.#open.length > 0) throw this.failed(`the element ${this.#open.at(-1)} has no end`)
    if (this.#at < this.bytes.length && this.bytes[this.#at] === LESS) throw this.failed('it ends in a tag')
    if (!this.#hasRoot) throw this.failed('it has no element')
  }

  failed = (problem: string): WorkbookError => broken(this.#source, `${this.#part}: ${problem}`)

  #wait(at: number): XmlToken {
    this.#at = at
    return 'more'
  }

  #text(start: number): XmlToken {
    const { bytes } = this
    const { length } = bytes
    let end = Math.max(start, this.#searched)
    const looped = Math.min(length, end + LOOPED)
    while (end < looped && bytes[end] !== LESS) end++
    if (end === looped) end = looped === length ? -1 : bytes.indexOf(LESS, end)
    if (end < 0) {
      this.#searched = length
      return 'more'
    }
    this.start = start
    this.end = end
    this.#at = end
    this.#isRaw = false
    return 'text'
  }

  #openTag(at: number): XmlToken {
    const { bytes } = this
    const { length } = bytes
    let end = at + 1
    while (end < length && bytes[end] !== GREATER) {
      const byte = bytes[end]
      end++
      if (byte !== DOUBLE_QUOTE && byte !== QUOTE) continue
      while (end < length && bytes[end] !== byte) end++
      end++
    }
    if (end >= length) return 'more'
    const isEmpty = bytes[end - 1] === SLASH
    this.#attributesEnd = isEmpty ? end - 1 : end
    this.#attribute = this.#readName(at + 1, this.#attributesEnd)
    this.#at = end + 1
    this.#hasRoot = true
    this.#isRaw = false
    if (isEmpty) return 'empty'
    this.#open.push(this.#name)
    return 'open'
  }

  #close(at: number): XmlToken {
    const { bytes } = this
    let end = at + 2
    while (end < bytes.length && bytes[end] !== GREATER) end++
    if (end >= bytes.length) return 'more'
    this.#readName(at + 2, end)
    if (this.#open.pop() !== this.#name) throw this.failed(`the end of the element ${this.#name} is in the wrong place`)
    this.#at = end + 1
    return 'close'
  }

  /** Passes over a comment or an instruction. */
  #special(at: number, second: number): 'passed' | 'text' | 'more' {
    const begin = this.bytes.toString('latin1', at, at + 9)
    if (second === QUESTION) return this.#passed(at, '?>')
    if (begin.startsWith('<!--')) return this.#passed(at, '-->')
    if (begin === '<![CDATA[') {
      const end = this.bytes.indexOf(']]>', at)
      if (end < 0) return 'more'
      this.start = at + begin.length
      this.end = end
      this.#at = end + 3
      this.#isRaw = true
      return 'text'
    }
    if (begin.length < 9) return 'more'
    throw this.failed('it declares a document type, which no workbook has')
  }

  #passed(at: number, end: string): 'passed' | 'more' {
    const found = this.bytes.indexOf(end, at)
    if (found < 0) return 'more'
    this.#at = found + end.length
    return 'passed'
  }

  /** Returns where the name ends. */
  #readName(from: number, most: number): number {
    const { bytes } = this
    let start = from
    let end = from
    let key = 0
    for (; end < most; end++) {
      const byte = bytes[end] as number
      if (byte <= BLANK && isBlank(byte)) break
      if (byte === COLON) {
        start = end + 1
        key = 0
      } else key = (key << 8) | byte
    }
    this.#name = end - start <= SHORT_NAME ? this.#shortName(key, start, end) : bytes.toString('utf8', start, end)
    return end
  }

  #shortName(key: number, start: number, end: number): string {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = this.bytes.toString('utf8', start, end)
    this.#names.set(key, name)
    return name
  }

  #entity = (written: string, name: string): string => {
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name)
    const character =
      code === null ? ENTITIES[name] : characterOf(Number.parseInt(code[1] ?? code[2] ?? '', code[1] ? 16 : 10))
    if (character === undefined || !written.endsWith(';')) throw this.failed(`undefined entity ${written}`)
    return character
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const LAST_CHARACTER = 0x10ffff

const characterOf = (code: number): string | undefined =>
  code > 0 && code <= LAST_CHARACTER ? String.fromCodePoint(code) : undefined

const isBlank = (byte: number): boolean => byte === BLANK || byte === LF || byte === CR || byte === TAB
