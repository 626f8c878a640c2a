import { type KeyForm, MAX_KEY_LENGTH, SIGNIFICANT } from '../salesforce/keyForms.ts'
import { KeyHasher } from './keyHasher.ts'

/** The bytes of a value, from `start` to before `end`. */
export type KeyCell = { readonly bytes: Buffer; readonly start: number; readonly end: number }

/** Hashes the values of the key fields so that values of the same record have the same hash. */
export class RecordKeys {
  readonly #forms: readonly KeyForm[]
  readonly hash = new KeyHasher()
  #scratch = Buffer.alloc(0)

  /** @param forms one for each key field */
  constructor(forms: readonly KeyForm[]) {
    this.#forms = forms
  }

  /** Hashes the values, one for each key field; false when no record can have one of them. */
  read(cells: readonly KeyCell[]): boolean {
    this.hash.reset()
    for (let index = 0; index < this.#forms.length; index++) {
      if (!this.#add(this.#forms[index] as KeyForm, cells[index] as KeyCell)) return false
    }
    this.hash.finish()
    return true
  }

  /** The same for values that are texts. */
  readTexts(texts: readonly string[]): boolean {
    this.hash.reset()
    for (let index = 0; index < this.#forms.length; index++) {
      if (!this.#add(this.#forms[index] as KeyForm, this.#cellOf(texts[index] as string))) return false
    }
    this.hash.finish()
    return true
  }

  /** The bytes of a text, in memory that is used again. */
  #cellOf(text: string): KeyCell {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    if (this.#scratch.length < text.length * 3) this.#scratch = Buffer.allocUnsafeSlow(text.length * 6)
    return { bytes: this.#scratch, start: 0, end: this.#scratch.write(text) }
  }

  #add(form: KeyForm, { bytes, start, end }: KeyCell): boolean {
    const { ascii } = form
    if (ascii === undefined || !isAscii(bytes, start, end))
      return this.#addText(form, bytes.toString('utf8', start, end))
    let from = start
    let to = end
    while (from < to && isBlank(bytes[from] as number)) from++
    while (to > from && isBlank(bytes[to - 1] as number)) to--
    if (ascii === 'id') return this.#addId(bytes, from, to)
    if (to === from || to - from > MAX_KEY_LENGTH) return false
    if (ascii === 'folded') this.hash.addFolded(bytes, from, to)
    else this.hash.addBytes(bytes, from, to)
    return true
  }

  #addId(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== SIGNIFICANT && end - start !== ID_LENGTH) return false
    for (let at = start; at < end; at++) if (!isAlphanumeric(bytes[at] as number)) return false
    this.hash.addBytes(bytes, start, start + SIGNIFICANT)
    return true
  }

  #addText(form: KeyForm, text: string): boolean {
    if (form.literal(text) === undefined) return false
    this.hash.add(form.canonical(text))
    return true
  }
}

/** Characters of an Id with its checksum. */
const ID_LENGTH = 18

const isAlphanumeric = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)

/** What `trim` removes, of ASCII. */
const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) > 127) return false
  return true
}
