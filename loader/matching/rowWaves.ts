// The order in which rows are loaded whose parents are rows of the same source: each row one wave after the last of its parents.
import { FIRST_KNOWN, type Links } from './rowLinks.ts'

/** Waves after the first one. Each has chunks of its own, and is sent after the one before. */
export const MOST_WAVES = 100

/** The wave of a row with more than `MOST_WAVES` rows above it. */
export const TOO_DEEP = MOST_WAVES + 1
/** The wave of a row that is in a ring, or between two of them. */
export const IN_RING = 255

/** The wave of each row by its number; 0 for rows that wait for none. Rows below a ring have waves as if the ring was the first one. */
export type Waves = Uint8Array

/** @param links one list for each reference; takes about 14 bytes a row */
export function wavesOf(links: readonly Links[]): Waves {
  const rows = (links[0]?.length ?? 1) - 1
  const waves = new Uint8Array(rows + 1)
  const children = new Children(links, rows)
  const order = new Order(rows)
  for (let row = 1; row <= rows; row++) {
    // The Id of a known parent is filled in before a later wave is sent.
    if (links.some(each => isKnown(each[row] as number))) waves[row] = 1
    if (children.waitsFor[row] === 0) order.push(row)
  }
  const release = (row: number, wave: number) => {
    for (let at = children.starts[row] as number; at < (children.starts[row + 1] as number); at++) {
      const child = children.rows[at] as number
      if (waves[child] === IN_RING) continue
      waves[child] = Math.min(TOO_DEEP, Math.max(waves[child] as number, wave + 1))
      children.waitsFor[child] = (children.waitsFor[child] as number) - 1
      if (children.waitsFor[child] === 0) order.push(child)
    }
  }
  for (let row = order.next(); row !== 0; row = order.next()) release(row, waves[row] as number)
  const rings = rowsInRings(links, children, order)
  for (const row of rings) waves[row] = IN_RING
  for (const row of rings) release(row, 0)
  for (let row = order.next(); row !== 0; row = order.next()) release(row, waves[row] as number)
  return waves
}

/** Whether a link is the number of another row. */
export const isRow = (link: number): boolean => link !== 0 && link < FIRST_KNOWN

const isKnown = (link: number): boolean => link >= FIRST_KNOWN && link < FIRST_KNOWN + 2 ** 30

/** The rows below each row, in one list. */
class Children {
  /** By row: where its children begin in `rows`. */
  readonly starts: Uint32Array
  readonly rows: Uint32Array
  /** By row: parents that are not yet in the order. */
  readonly waitsFor: Uint8Array

  constructor(links: readonly Links[], rows: number) {
    const starts = new Uint32Array(rows + 2)
    const waitsFor = new Uint8Array(rows + 1)
    const eachLink = (take: (row: number, parent: number) => void) => {
      for (const each of links) {
        for (let row = 1; row <= rows; row++) if (isRow(each[row] as number)) take(row, each[row] as number)
      }
    }
    eachLink((row, parent) => {
      waitsFor[row] = (waitsFor[row] as number) + 1
      starts[parent] = (starts[parent] as number) + 1
    })
    // Each start is first the end of its children, and moves down while they are put before it.
    for (let row = 1; row <= rows + 1; row++) starts[row] = (starts[row] as number) + (starts[row - 1] as number)
    this.rows = new Uint32Array(starts[rows + 1] as number)
    eachLink((row, parent) => {
      starts[parent] = (starts[parent] as number) - 1
      this.rows[starts[parent] as number] = row
    })
    this.starts = starts
    this.waitsFor = waitsFor
  }
}

/** Rows in the order in which they can be loaded. */
class Order {
  readonly #rows: Uint32Array
  #end = 0
  #at = 0

  constructor(rows: number) {
    this.#rows = new Uint32Array(rows)
  }

  /** Whether every row has its place. */
  get isWhole(): boolean {
    return this.#end === this.#rows.length
  }

  push(row: number): void {
    this.#rows[this.#end++] = row
  }

  /** 0 when there is none. */
  next(): number {
    return this.#at < this.#end ? (this.#rows[this.#at++] as number) : 0
  }
}

/** Of the rows that wait for each other, those that others in turn wait for: the rows that are only below a ring are left out. */
function rowsInRings(links: readonly Links[], { waitsFor, starts, rows }: Children, order: Order): readonly number[] {
  if (order.isWhole) return []
  const count = waitsFor.length - 1
  /** By waiting row: children that wait too. */
  const waiting = new Uint32Array(count + 1)
  const left: number[] = []
  for (let row = 1; row <= count; row++) {
    if (waitsFor[row] === 0) continue
    left.push(row)
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      if (waitsFor[rows[at] as number] !== 0) waiting[row] = (waiting[row] as number) + 1
    }
  }
  const below = left.filter(row => waiting[row] === 0)
  const isBelow = new Uint8Array(count + 1)
  for (let row = below.pop(); row !== undefined; row = below.pop()) {
    isBelow[row] = 1
    for (const each of links) {
      const parent = each[row] as number
      if (!isRow(parent) || waitsFor[parent] === 0) continue
      waiting[parent] = (waiting[parent] as number) - 1
      if (waiting[parent] === 0) below.push(parent)
    }
  }
  return left.filter(row => isBelow[row] === 0)
}

/** Rows of a ring that a message names. */
const SHOWN_ROWS = 10

/** `row 4 -> row 9 -> row 4`: from a row with the wave `IN_RING` along its parents. */
export function ringOf(row: number, links: readonly Links[], waves: Waves): string {
  const path = [row]
  for (let at = row; path.length <= SHOWN_ROWS; ) {
    at = links.map(each => each[at] as number).find(parent => isRow(parent) && waves[parent] === IN_RING) ?? row
    const isClosed = path.includes(at)
    path.push(at)
    if (isClosed) return path.map(each => `row ${each}`).join(' -> ')
  }
  return `${path.map(each => `row ${each}`).join(' -> ')} -> …`
}
