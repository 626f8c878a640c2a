// The values by which a record of a run is found later: its Salesforce Id, its identity fields, and the key by which it was sent.
import { KeyHasher } from '../../matching/keyHasher.ts'
import type { ResultParts } from '../../results/resultBatch.ts'

const [LF, COMMA, QUOTE, SPACE] = [10, 44, 34, 32]

/** Characters of an Id that tell records apart; the other three are a checksum. */
const ID_CHARACTERS = 15
const ID = /^[A-Za-z0-9]+$/
const ID_LENGTHS: readonly number[] = [15, 18]

/** Cells of a result before its identity fields: status, message, time. */
const CELLS_BEFORE = 3

/** Hashes values without regard to blanks around them and the case of letters of ASCII; of an Id, whose case counts, the first 15 characters. */
export class ValueHasher {
  readonly #hasher: KeyHasher
  readonly #take: (a: number, b: number) => void

  /** @param take receives the hash of each value @param key of an earlier hasher */
  constructor(take: (a: number, b: number) => void, key?: Int32Array) {
    this.#hasher = new KeyHasher(key)
    this.#take = take
  }

  get key(): Int32Array {
    return this.#hasher.key
  }

  /** A value that a person asks for, or a key that was sent, in each form in which a result may have it. */
  asked(bytes: Buffer, from: number, to: number): void {
    const { start, end } = trimmed(bytes, from, to)
    this.#value(bytes, start, end)
    if (isId(bytes, start, end)) this.id(bytes, start)
  }

  /** The values in the line of a result. */
  result(bytes: Buffer, { outcomeEnd, idEnd, codeEnd, end }: ResultParts): void {
    if (idEnd - outcomeEnd > ID_CHARACTERS) this.id(bytes, outcomeEnd + 1)
    let start = codeEnd + 1
    for (let cell = 0; start <= end; cell++) {
      const cellEnd = endOfCell(bytes, start, end)
      if (cell >= CELLS_BEFORE) this.cell(bytes, start, cellEnd)
      start = cellEnd + 1
    }
  }

  /** A cell as CSV. */
  cell(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] !== QUOTE || start === end) {
      this.#value(bytes, start, end)
      return
    }
    const text = Buffer.from(bytes.toString('utf8', start + 1, end - 1).replaceAll('""', '"'))
    this.#value(text, 0, text.length)
  }

  id(bytes: Buffer, start: number): void {
    this.#hash(this.#hasher.reset().addBytes(bytes, start, start + ID_CHARACTERS))
  }

  #value(bytes: Buffer, from: number, to: number): void {
    const { start, end } = trimmed(bytes, from, to)
    if (start < end) this.#hash(this.#hasher.reset().addFolded(bytes, start, end))
  }

  #hash(hasher: KeyHasher): void {
    const { a, b } = hasher.finish()
    this.#take(a, b)
  }
}

/** The value without blanks around it. */
function trimmed(bytes: Buffer, from: number, to: number): { readonly start: number; readonly end: number } {
  let [start, end] = [from, to]
  while (start < end && bytes[start] === SPACE) start += 1
  while (end > start && bytes[end - 1] === SPACE) end -= 1
  return { start, end }
}

const isId = (bytes: Buffer, start: number, end: number): boolean =>
  ID_LENGTHS.includes(end - start) && ID.test(bytes.toString('latin1', start, end))

/** The end of the cell that begins at a position: before its comma, or at the end of the record. */
function endOfCell(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (bytes[at] === QUOTE) {
    for (at += 1; bytes[at] !== QUOTE || bytes[at + 1] === QUOTE; at += bytes[at] === QUOTE ? 2 : 1);
    return at + 1
  }
  while (at < end && bytes[at] !== COMMA && bytes[at] !== LF) at += 1
  return at
}
