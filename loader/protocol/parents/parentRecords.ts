import { KeyHasher } from '../../matching/keyHasher.ts'
import { ID_BYTES } from '../../matching/keyMatches.ts'
import { RowTable } from '../../matching/rowTable.ts'
import { canonicalText } from '../../values/text.ts'
import { ReasonPool } from './reasonPool.ts'

/** What is known of the parent with a key. Rows are those of its source. */
export type ParentRecord =
  | { readonly kind: 'written'; readonly row: number; readonly id: string }
  /** A plan would create it. */
  | { readonly kind: 'planned'; readonly row: number }
  | { readonly kind: 'unwritten'; readonly row: number; readonly reason: string }
  | { readonly kind: 'ambiguous'; readonly rows: readonly [number, number] }

const [WRITTEN, PLANNED, UNWRITTEN, REPEATED, AMBIGUOUS] = [1, 2, 3, 4, 5]

/** Where the reason of a row is that was not kept. */
type ReasonPlace = (row: number) => string

/** The parents that a run has read, by their keys: texts, mostly without blanks around them and in Unicode form NFC. A parent takes about 45 bytes. */
export class ParentRecords {
  readonly #hasher = new KeyHasher()
  readonly #entries = new RowTable()
  /** By entry, from 1. */
  readonly #kinds: Uint8Array
  readonly #rows: Uint32Array
  /** The number of the reason, or the second row of an ambiguous key. */
  readonly #notes: Uint32Array
  readonly #ids: Buffer
  readonly #reasons = new ReasonPool()
  readonly #reasonPlace: ReasonPlace
  readonly #form: (value: string) => string

  /** @param most number of the parents that are added at most @param form in which values of a key are equal */
  constructor(most: number, reasonPlace: ReasonPlace, form = canonicalText) {
    this.#form = form
    this.#kinds = new Uint8Array(most + 1)
    this.#rows = new Uint32Array(most + 1)
    this.#notes = new Uint32Array(most + 1)
    this.#ids = Buffer.alloc((most + 1) * ID_BYTES)
    this.#reasonPlace = reasonPlace
  }

  /** Whether it has none: its run was skipped. */
  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  /** Adds a parent that was written; its Id are the bytes from `start` to before `end`. */
  addWritten(key: readonly string[], row: number, bytes: Buffer, start: number, end: number): void {
    const entry = this.#entryOf(key)
    if (this.#kinds[entry] === WRITTEN && this.#hasId(entry, bytes, start, end)) return
    if (!this.#begin(entry, row, WRITTEN)) return
    this.#putId(entry, bytes, start, end)
  }

  /** Adds a parent that a plan would create. */
  addPlanned(key: readonly string[], row: number): void {
    this.#begin(this.#entryOf(key), row, PLANNED)
  }

  /** Adds a parent without an Id. @param isRepeat whether an earlier row has the same record: then that row is the parent */
  addUnwritten(key: readonly string[], row: number, reason: string, isRepeat: boolean): void {
    const entry = this.#entryOf(key)
    if (isRepeat && this.#kinds[entry] !== 0) return
    if (this.#begin(entry, row, isRepeat ? REPEATED : UNWRITTEN)) this.#notes[entry] = this.#reasons.numberOf(reason)
  }

  /** Replaces what is known of a parent without an Id: a retry has written it. */
  retryWritten(key: readonly string[], bytes: Buffer, start: number, end: number): void {
    const entry = this.#entries.get(this.#hashOf(key))
    if (!this.#isUnwritten(entry)) return
    this.#kinds[entry] = WRITTEN
    this.#putId(entry, bytes, start, end)
  }

  /** The same for a retry that has not written it either. */
  retryUnwritten(key: readonly string[], reason: string): void {
    const entry = this.#entries.get(this.#hashOf(key))
    if (this.#isUnwritten(entry)) this.#notes[entry] = this.#reasons.numberOf(reason)
  }

  /** undefined when no parent has the key. */
  find(key: readonly string[]): ParentRecord | undefined {
    const entry = this.#entries.get(this.#hashOf(key))
    if (entry === 0) return undefined
    const row = this.#rows[entry] as number
    const note = this.#notes[entry] as number
    switch (this.#kinds[entry]) {
      case WRITTEN: {
        const from = entry * ID_BYTES
        return { kind: 'written', row, id: this.#ids.toString('latin1', from, from + ID_BYTES).replace(/\0+$/, '') }
      }
      case PLANNED:
        return { kind: 'planned', row }
      case AMBIGUOUS:
        return { kind: 'ambiguous', rows: [row, note] }
      default:
        return { kind: 'unwritten', row, reason: this.#reasons.reason(note) || this.#reasonPlace(row) }
    }
  }

  #isUnwritten(entry: number): boolean {
    return this.#kinds[entry] === UNWRITTEN || this.#kinds[entry] === REPEATED
  }

  /** Whether the entry is new: a second parent with its key makes it ambiguous. */
  #begin(entry: number, row: number, kind: number): boolean {
    const before = this.#kinds[entry]
    if (before === 0 || before === REPEATED) {
      this.#kinds[entry] = kind
      this.#rows[entry] = row
      return true
    }
    if (before === AMBIGUOUS) return false
    this.#kinds[entry] = AMBIGUOUS
    this.#notes[entry] = row
    return false
  }

  #entryOf(key: readonly string[]): number {
    const hash = this.#hashOf(key)
    const known = this.#entries.get(hash)
    if (known !== 0) return known
    const entry = this.#entries.size + 1
    this.#entries.set(hash, entry)
    return entry
  }

  #hashOf(key: readonly string[]): KeyHasher {
    this.#hasher.reset()
    for (const value of key) this.#hasher.add(this.#form(value))
    return this.#hasher.finish()
  }

  #putId(entry: number, bytes: Buffer, start: number, end: number): void {
    const at = entry * ID_BYTES
    this.#ids.fill(0, at, at + ID_BYTES)
    bytes.copy(this.#ids, at, start, Math.min(end, start + ID_BYTES))
  }

  #hasId(entry: number, bytes: Buffer, start: number, end: number): boolean {
    const at = entry * ID_BYTES
    return this.#ids.compare(bytes, start, end, at, at + end - start) === 0
  }
}
