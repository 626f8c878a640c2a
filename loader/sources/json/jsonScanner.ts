// Finds the records of JSON as positions in bytes. Each one is then parsed alone, so that a document of any size needs the memory of one
// record.
import { JSON_ADVICE, type JsonPlace, SourceJsonError } from './errors.ts'

/** One record: an object, from its opening to its closing brace. */
export type JsonRecord = JsonPlace & {
  /** The name of its source in messages. */
  readonly source: string
  /** Valid until the next block is pushed. */
  readonly bytes: Buffer
  /** Names in it and in all objects inside it. */
  readonly names: number
  /** Whether it has escapes, or numbers that a double may not keep. */
  readonly isSpecial: boolean
}

/** Bytes. Salesforce accepts no longer record; a document whose records are elsewhere would be collected whole. */
const MAX_RECORD_BYTES = 10_000_000

const MAX_DEPTH = 100

/** Digits of a number that every double keeps. */
const KEPT_DIGITS = 15

/** Arrays that are named when the path does not lead to one. */
const SHOWN_ARRAYS = 5
const MAX_NAME_BYTES = 200

const [TAB, LF, CR, BLANK, QUOTE, COMMA, POINT, COLON, BACKSLASH] = [9, 10, 13, 32, 34, 44, 46, 58, 92] as const
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125] as const
const [ZERO, NINE, CAPITAL_E, SMALL_E] = [48, 57, 69, 101] as const

type Place = 'before' | 'outline' | 'array' | 'sequence' | 'after'

/**
 * Scans blocks in order. The records are the items of the array at a path such as `data.contacts`; without a path, those of the document,
 * or objects one after the other, such as lines of JSON. Outside of records only brackets and strings are checked.
 */
export class JsonScanner {
  readonly #source: string
  readonly #path: string | undefined
  #place: Place = 'before'
  #line = 1
  #isInString = false
  #isEscaped = false
  /** Open objects and arrays: of the record inside a record, else of the document. */
  #depth = 0

  #isInRecord = false
  #recordLine = 1
  #records = 0
  #names = 0
  #digits = 0
  #isSpecial = false
  /** The record as far as earlier blocks have it. */
  #parts: Buffer[] = []
  #partBytes = 0
  /** The record that has ended, until it is given. */
  #ended: JsonRecord | undefined

  /** Names that lead to the scanner, by depth; undefined inside an array. */
  #way: (string | undefined)[] = []
  #name: number[] = []
  #outer: ('{' | '[')[] = []
  #isFound = false
  #needsComma = false
  readonly #arrays: string[] = []

  constructor(source: string, path: string | undefined) {
    this.#source = source
    this.#path = path
  }

  /** Whether the records are objects one after the other, not the items of an array. */
  get isSequence(): boolean {
    return this.#place === 'sequence'
  }

  /** The records that end in this block, in order. Iterate it to its end. Throws SourceJsonError. */
  *push(block: Buffer): Generator<JsonRecord, void> {
    let at = 0
    while (at < block.length) {
      if (this.#isInRecord) {
        at = this.#record(block, at)
        if (this.#ended !== undefined) yield this.#ended
        this.#ended = undefined
      } else {
        this.#outside(block[at] as number)
        if (!this.#isInRecord) at += 1
      }
    }
  }

  /** Throws SourceJsonError when the document is cut, or has no array at the path. */
  end(): void {
    const isCut = this.#isInRecord || this.#isInString || this.#outer.length > 0
    if (isCut) throw this.#problem('it ends in the middle of a value', JSON_ADVICE.cut)
    if (this.#path === undefined || this.#isFound || this.#place === 'before') return
    const arrays = this.#arrays.length === 0 ? 'It has none' : `It has arrays at ${this.#arrays.join(', ')}`
    throw new SourceJsonError(
      this.#source,
      `it has no array at ${this.#path}`,
      undefined,
      `${arrays}; set records to its path.`,
    )
  }

  /** Continues a record. Returns the position behind it, or the end of the block. */
  #record(block: Buffer, start: number): number {
    const { length } = block
    let [depth, names, digits] = [this.#depth, this.#names, this.#digits]
    let [isInString, isSpecial] = [this.#isInString, this.#isSpecial]
    let at = start
    if (this.#isEscaped) at += 1
    this.#isEscaped = false
    for (; at < length; at++) {
      const byte = block[at] as number
      if (isInString) {
        if (byte === QUOTE) isInString = false
        else if (byte === BACKSLASH) {
          isSpecial = true
          at += 1
        } else if (byte === LF) throw this.#problem('a text is not closed in its line', JSON_ADVICE.check)
        continue
      }
      if (byte >= ZERO && byte <= NINE) {
        digits += 1
        continue
      }
      if (digits > 0) {
        if (digits > KEPT_DIGITS || byte === SMALL_E || byte === CAPITAL_E) isSpecial = true
        if (byte === POINT) continue
        digits = 0
      }
      if (byte === QUOTE) isInString = true
      else if (byte === COLON) names += 1
      else if (byte === LF) this.#line += 1
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1
        if (depth > MAX_DEPTH) throw this.#problem(`it is nested deeper than ${MAX_DEPTH}`, JSON_ADVICE.flat)
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1
        if (depth > 0) continue
        this.#endRecord(block.subarray(start, at + 1), names, isSpecial)
        return at + 1
      }
    }
    this.#isEscaped = at > length
    this.#depth = depth
    this.#names = names
    this.#digits = digits
    this.#isInString = isInString
    this.#isSpecial = isSpecial
    this.#keep(block.subarray(start))
    return length
  }

  /** The memory of a block is used again. */
  #keep(part: Buffer): void {
    this.#parts.push(Buffer.from(part))
    this.#partBytes += part.length
    if (this.#partBytes <= MAX_RECORD_BYTES) return
    const problem = `it has a record of more than ${MAX_RECORD_BYTES} bytes`
    throw new SourceJsonError(
      this.#source,
      problem,
      { line: this.#recordLine, record: this.#records },
      'If the records are in an array inside it, set records to its path, such as data.contacts.',
    )
  }

  #endRecord(last: Buffer, names: number, isSpecial: boolean): void {
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last])
    const [line, record] = [this.#recordLine, this.#records]
    this.#ended = { source: this.#source, bytes, line, record, names, isSpecial }
    this.#parts = []
    this.#partBytes = 0
    this.#isInRecord = false
    this.#isInString = false
    this.#needsComma = true
  }

  #beginRecord(): void {
    this.#isInRecord = true
    this.#records += 1
    this.#recordLine = this.#line
    this.#depth = 0
    this.#names = 0
    this.#digits = 0
    this.#isSpecial = false
  }

  #outside(byte: number): void {
    if (this.#isInString) {
      this.#text(byte)
      return
    }
    if (byte === LF) this.#line += 1
    if (byte === BLANK || byte === LF || byte === CR || byte === TAB) return
    if (this.#place === 'outline') this.#outline(byte)
    else if (this.#place === 'array') this.#betweenItems(byte)
    else if (this.#place === 'before') this.#begin(byte)
    else if (this.#place === 'sequence' && byte === OPEN_BRACE) this.#beginRecord()
    else throw this.#problem(`${shown(byte)} follows the end of the document`, JSON_ADVICE.check)
  }

  #begin(byte: number): void {
    if (byte === OPEN_BRACKET && this.#path === undefined) this.#beginArray()
    else if (byte === OPEN_BRACE && this.#path === undefined) {
      this.#place = 'sequence'
      this.#beginRecord()
    } else if (byte === OPEN_BRACE) {
      this.#place = 'outline'
      this.#open('{')
    } else if (byte === OPEN_BRACKET) {
      throw this.#problem(`it is an array, and records is ${this.#path}`, 'Leave records out.')
    } else throw this.#problem(`it begins with ${shown(byte)}`, JSON_ADVICE.form)
  }

  #beginArray(): void {
    this.#place = 'array'
    this.#isFound = true
    this.#needsComma = false
    this.#open('[')
  }

  #betweenItems(byte: number): void {
    if (byte === CLOSE_BRACKET) this.#close('[')
    else if (byte === COMMA && this.#needsComma) this.#needsComma = false
    else if (byte === OPEN_BRACE && !this.#needsComma) this.#beginRecord()
    else if (this.#needsComma || byte === COMMA)
      throw this.#problem(`${shown(byte)} follows a record`, JSON_ADVICE.check)
    else throw this.#problem('an item of the array is not an object', JSON_ADVICE.form)
  }

  #outline(byte: number): void {
    if (byte === QUOTE) {
      this.#isInString = true
      this.#name = []
    } else if (byte === COLON) this.#way[this.#outer.length - 1] = nameOf(this.#name)
    else if (byte === OPEN_BRACE) this.#open('{')
    else if (byte === OPEN_BRACKET) this.#openArray()
    else if (byte === CLOSE_BRACE) this.#close('{')
    else if (byte === CLOSE_BRACKET) this.#close('[')
  }

  #openArray(): void {
    const way = this.#way.slice(0, this.#outer.length)
    const path = way.join('.')
    const isNamed = !this.#outer.includes('[')
    if (isNamed && path === this.#path) {
      if (this.#isFound) throw this.#problem(`it has ${path} twice`, JSON_ADVICE.check)
      this.#beginArray()
      return
    }
    if (isNamed && this.#arrays.length < SHOWN_ARRAYS) this.#arrays.push(path)
    this.#open('[')
  }

  #open(bracket: '{' | '['): void {
    this.#outer.push(bracket)
    if (this.#outer.length > MAX_DEPTH) throw this.#problem(`it is nested deeper than ${MAX_DEPTH}`, JSON_ADVICE.flat)
  }

  #close(bracket: '{' | '['): void {
    if (this.#outer.pop() !== bracket) throw this.#problem('a bracket has no partner', JSON_ADVICE.check)
    this.#place = this.#outer.length === 0 ? 'after' : 'outline'
  }

  #text(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#isInString = false
    if (this.#isInString && this.#name.length < MAX_NAME_BYTES) this.#name.push(byte)
  }

  #problem(problem: string, advice: string): SourceJsonError {
    const record = this.#isInRecord ? this.#records : this.#records + 1
    return new SourceJsonError(this.#source, problem, { line: this.#line, record }, advice)
  }
}

/** A name as it is written, without its escapes. */
function nameOf(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString()
  return text.includes('\\') ? String(parsedName(text)) : text
}

function parsedName(text: string): unknown {
  try {
    return JSON.parse(`"${text}"`)
  } catch {
    return text
  }
}

const shown = (byte: number): string =>
  byte > BLANK && byte < 127 ? JSON.stringify(String.fromCharCode(byte)) : 'a character that is not JSON'
