import { type KeyHash, RowTable } from './rowTable.ts'

const FIRST_ROWS = 1024

/** The link of a row without a parent, or whose parent the org has to find. */
export const NO_PARENT = 0
/** From here on a link is the number of an Id that is known before anything is sent, counted from 0. */
export const FIRST_KNOWN = 2 ** 31
/** From here on a link is the number of two rows that both may be the parent, counted from 0. */
export const FIRST_AMBIGUOUS = 2 ** 31 + 2 ** 30
/** The link of a row whose parent is not found. */
export const NOT_FOUND = 2 ** 32 - 1

/** Where the parent of each row is, by the number of the row: another row from 1 on, or one of the numbers above. */
export type Links = Uint32Array

/** What happens to a row whose parent is not one row. */
export type LinkRule = {
  /** Whether the first row is the parent when several have its key: the others repeat it, and are rejected. */
  readonly takesFirst: boolean
  readonly absent: typeof NOT_FOUND | typeof NO_PARENT
}

/** The second of several rows when it is one of an earlier run. */
const EARLIER = 2 ** 32 - 1

/**
 * Collects which row of a source is the parent of which, while the source is read: a parent may come after its children. A row takes about 30
 * bytes, and a parent that is no row takes 25.
 */
export class RowLinks {
  /** The number of each key, from 1 on. */
  readonly #keys = new RowTable()
  /** By key: the first row that has it, and the second one; 0 for none. */
  #owners = new Uint32Array(FIRST_ROWS)
  #seconds = new Uint32Array(0)
  /** By row: the key of its parent. */
  #parents = new Uint32Array(FIRST_ROWS)
  #rows = 0

  /** Takes the next row. @param own the key by which others name it @param parent the key of its parent; undefined for none */
  add(own: () => KeyHash | undefined, parent: () => KeyHash | undefined): void {
    this.#rows += 1
    const row = this.#rows
    this.#own(this.#keyOf(own()), row)
    if (row >= this.#parents.length) this.#parents = grown(this.#parents, row)
    this.#parents[row] = this.#keyOf(parent())
  }

  /** Takes a parent that an earlier run has loaded: it comes before all rows. Returns whether a row may have it. @param number from 0 on */
  know(hash: KeyHash, number: number): boolean {
    const key = this.#keys.get(hash)
    if (key === 0) return false
    if (this.#owners[key] !== 0) this.#setSecond(key, EARLIER)
    this.#owners[key] = FIRST_KNOWN + number
    return true
  }

  /** After the last row. @param pairs gets the two rows of each link that is ambiguous; 0 for one that is no row of the source */
  links({ takesFirst, absent }: LinkRule, pairs: number[] = []): Links {
    const links = new Uint32Array(this.#rows + 1)
    for (let row = 1; row <= this.#rows; row++) {
      const key = this.#parents[row] as number
      if (key === 0) continue
      const owner = this.#owners[key] as number
      const second = this.#seconds[key] ?? 0
      if (second === 0 || takesFirst) links[row] = owner || absent
      else {
        links[row] = FIRST_AMBIGUOUS + pairs.length / 2
        pairs.push(owner < FIRST_KNOWN ? owner : 0, second === EARLIER ? 0 : second)
      }
    }
    return links
  }

  #keyOf(hash: KeyHash | undefined): number {
    if (hash === undefined) return 0
    const known = this.#keys.get(hash)
    if (known !== 0) return known
    const key = this.#keys.size + 1
    this.#keys.set(hash, key)
    if (key >= this.#owners.length) this.#owners = grown(this.#owners, key)
    return key
  }

  #own(key: number, row: number): void {
    if (key === 0) return
    if (this.#owners[key] === 0) this.#owners[key] = row
    else if ((this.#seconds[key] ?? 0) === 0) this.#setSecond(key, row)
  }

  #setSecond(key: number, row: number): void {
    if (key >= this.#seconds.length) this.#seconds = grown(this.#seconds, key)
    this.#seconds[key] = row
  }
}

/** With room for the place and half as many more. */
function grown(numbers: Uint32Array, place: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.ceil((place + 1) * 1.5))
  larger.set(numbers)
  return larger
}
