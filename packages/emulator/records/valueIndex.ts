import { withRoom } from './textStore.ts'

const FIRST_BUCKETS = 1024
const END = -1

function lowerCaseCode(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

// FNV-1a over the text with A-Z folded and all but ASCII left out: values that differ in case share one bucket, and are distinguished
// by comparison.
/** The search of `first` and `after`. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 128) hash = Math.imul(hash ^ lowerCaseCode(code), 0x01000193)
  }
  return hash ^ (hash >>> 15)
}

/**
 * Finds the places of records by the value of one field. Uses 12 bytes per record and stores no value: the storage compares.
 * Chained, so many records with one value cost nothing when they are added.
 */
export class ValueIndex {
  readonly caseSensitive: boolean
  #buckets = new Int32Array(FIRST_BUCKETS).fill(END)
  #next = new Int32Array(FIRST_BUCKETS)
  #hashes = new Int32Array(FIRST_BUCKETS)
  #size = 0

  constructor(caseSensitive: boolean) {
    this.caseSensitive = caseSensitive
  }

  add(value: string, place: number): void {
    this.#next = withRoom(this.#next, place + 1)
    this.#hashes = withRoom(this.#hashes, place + 1)
    const hash = hashOf(value)
    this.#hashes[place] = hash
    this.#link(hash, place)
    this.#size += 1
    if (this.#size > this.#buckets.length) this.#rehash()
  }

  remove(value: string, place: number): void {
    const bucket = hashOf(value) & (this.#buckets.length - 1)
    let previous = END
    for (let at = this.#buckets[bucket] ?? END; at !== END; at = this.#next[at] ?? END) {
      if (at === place) {
        const after = this.#next[at] ?? END
        if (previous === END) this.#buckets[bucket] = after
        else this.#next[previous] = after
        this.#size -= 1
        return
      }
      previous = at
    }
  }

  /** The first place that may hold a value with this hash, or -1; places of other values with the same hash are included. */
  first(hash: number): number {
    return this.#withHash(this.#buckets[hash & (this.#buckets.length - 1)] ?? END, hash)
  }

  after(place: number, hash: number): number {
    return this.#withHash(this.#next[place] ?? END, hash)
  }

  #withHash(from: number, hash: number): number {
    let at = from
    while (at !== END && this.#hashes[at] !== hash) at = this.#next[at] ?? END
    return at
  }

  #link(hash: number, place: number): void {
    const bucket = hash & (this.#buckets.length - 1)
    this.#next[place] = this.#buckets[bucket] ?? END
    this.#buckets[bucket] = place
  }

  #rehash(): void {
    const old = this.#buckets
    this.#buckets = new Int32Array(old.length * 4).fill(END)
    for (const head of old) {
      let at = head
      while (at !== END) {
        const following = this.#next[at] ?? END
        this.#link(this.#hashes[at] ?? 0, at)
        at = following
      }
    }
  }
}
