import { type KeyForm, MAX_KEY_LENGTH, SIGNIFICANT } from '../salesforce/keyForms.ts'
import { KeyHasher } from './keyHasher.ts'

/** Hashes the values of a key field so that values of the same record have the same hash. */
export class RecordKeys {
  readonly #form: KeyForm
  readonly hash = new KeyHasher()

  constructor(form: KeyForm) {
    this.#form = form
  }

  /** Hashes the value from `start` to before `end`; false for a value that no record can have. */
  read(bytes: Buffer, start: number, end: number): boolean {
    const { ascii } = this.#form
    if (ascii === undefined || !isAscii(bytes, start, end)) return this.#readText(bytes.toString('utf8', start, end))
    let from = start
    let to = end
    while (from < to && isBlank(bytes[from] as number)) from++
    while (to > from && isBlank(bytes[to - 1] as number)) to--
    if (ascii === 'id') return this.#readId(bytes, from, to)
    if (to === from || to - from > MAX_KEY_LENGTH) return false
    if (ascii === 'folded') this.hash.reset().addFolded(bytes, from, to).finish()
    else this.hash.reset().addBytes(bytes, from, to).finish()
    return true
  }

  #readId(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== SIGNIFICANT && end - start !== ID_LENGTH) return false
    for (let at = start; at < end; at++) if (!isAlphanumeric(bytes[at] as number)) return false
    this.hash
      .reset()
      .addBytes(bytes, start, start + SIGNIFICANT)
      .finish()
    return true
  }

  #readText(text: string): boolean {
    if (this.#form.literal(text) === undefined) return false
    this.hash.reset().add(this.#form.canonical(text)).finish()
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
