import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHasher } from '../../../loader/matching/keyHasher.ts'
import {
  FIRST_AMBIGUOUS,
  FIRST_KNOWN,
  type LinkRule,
  NO_PARENT,
  NOT_FOUND,
  RowLinks,
} from '../../../loader/matching/rowLinks.ts'
import { IN_RING, MOST_WAVES, ringOf, TOO_DEEP, wavesOf } from '../../../loader/matching/rowWaves.ts'

const EXACT: LinkRule = { takesFirst: false, absent: NOT_FOUND }

/** Rows as `key parent`, a blank for none. */
function collected(rows: readonly string[], known: readonly string[] = []) {
  const hash = new KeyHasher()
  const keyed = (text = '') => (text === '' ? undefined : hash.reset().add(text).finish())
  const links = new RowLinks()
  for (const row of rows) {
    const [own, parent] = row.split(' ')
    links.add(
      () => keyed(own),
      () => keyed(parent),
    )
  }
  for (const [number, key] of known.entries()) links.know(hash.reset().add(key).finish(), number)
  return links
}

const linksOf = (rows: readonly string[], rule = EXACT, known: readonly string[] = []) => [
  ...collected(rows, known).links(rule).subarray(1),
]

/** Links of each row, from row 1 on. */
const wavesOfLinks = (...links: readonly (readonly number[])[]) => [
  ...wavesOf(links.map(each => Uint32Array.of(0, ...each))).subarray(1),
]

test('a row is linked to its parent, whether that comes before it or after it', () => {
  expect(linksOf(['c b', 'b a', 'a', 'd a'])).toEqual([2, 3, 0, 3])
})

test('a parent that is no row is not found, or is left to the org', () => {
  expect(linksOf(['b a'])).toEqual([NOT_FOUND])
  expect(linksOf(['b a'], { takesFirst: true, absent: NO_PARENT })).toEqual([0])
})

test('a key of two rows is ambiguous, or means the first of them', () => {
  const rows = ['a', 'b a', 'a', 'a', 'c a']
  const pairs: number[] = []
  expect([...collected(rows).links(EXACT, pairs).subarray(1)]).toEqual([0, FIRST_AMBIGUOUS, 0, 0, FIRST_AMBIGUOUS + 1])
  expect(pairs).toEqual([1, 3, 1, 3])
  expect(linksOf(rows, { takesFirst: true, absent: NO_PARENT })).toEqual([0, 1, 0, 0, 1])
})

test('a parent of an earlier run counts beside the rows, so that two of them are ambiguous', () => {
  expect(linksOf(['b a', 'c x'], EXACT, ['z', 'a'])).toEqual([FIRST_KNOWN + 1, NOT_FOUND])
  const pairs: number[] = []
  const links = collected(['a', 'b a', 'c x'], ['a', 'x', 'x']).links(EXACT, pairs)
  expect([...links.subarray(1)]).toEqual([0, FIRST_AMBIGUOUS, FIRST_AMBIGUOUS + 1])
  expect(pairs).toEqual([0, 0, 0, 0])
  expect(linksOf(['a', 'b a'], { ...EXACT, takesFirst: true }, ['a'])).toEqual([0, FIRST_KNOWN])
})

test('keys that a table has to grow for keep their rows', () => {
  const rows = Array.from({ length: 5_000 }, (_, row) => `k${row} k${(row * 7) % 5_000}`)
  expect(linksOf(rows)).toEqual(rows.map((_, row) => ((row * 7) % 5_000) + 1))
})

test('each row has the wave after the last of its parents', () => {
  expect(wavesOfLinks([0, 1, 2, 1])).toEqual([0, 1, 2, 1])
  expect(wavesOfLinks([2, 3, 0])).toEqual([2, 1, 0])
  expect(wavesOfLinks([0, 0, 1, 0], [0, 1, 2, 3])).toEqual([0, 1, 2, 3])
})

test('a row whose parent is known from an earlier run waits until its Id is filled in; one whose parent is not found does not', () => {
  expect(wavesOfLinks([FIRST_KNOWN, 1, NOT_FOUND, FIRST_AMBIGUOUS])).toEqual([1, 2, 0, 0])
})

test('rows of a ring are marked, and rows below it have waves after it', () => {
  const links = [0, 3, 4, 2, 4, 5, 7]
  expect(wavesOfLinks(links)).toEqual([0, IN_RING, IN_RING, IN_RING, 1, 2, IN_RING])
})

test('a row between two rings counts to them, because it can never be loaded', () => {
  // Rows 1 and 2 are a ring, 4 and 5 are one, and row 3 is below the first one and above the other.
  expect(wavesOfLinks([2, 1, 2, 5, 4], [0, 0, 0, 3, 0])).toEqual([IN_RING, IN_RING, IN_RING, IN_RING, IN_RING])
})

test('a ring is named along the parents, a long one in part', () => {
  const named = (row: number, ...links: readonly number[]) => {
    const list = [Uint32Array.of(0, ...links)]
    return ringOf(row, list, wavesOf(list))
  }
  expect(named(1, 3, 0, 1)).toBe('row 1 -> row 3 -> row 1')
  expect(named(2, 0, 2)).toBe('row 2 -> row 2')
  const long = Array.from({ length: 50 }, (_, row) => ((row + 1) % 50) + 1)
  expect(named(4, ...long)).toBe(`${Array.from({ length: 11 }, (_, at) => `row ${at + 4}`).join(' -> ')} -> …`)
})

test('rows below the last wave are marked', () => {
  const waves = wavesOfLinks(Array.from({ length: MOST_WAVES + 5 }, (_, row) => row))
  expect(waves.slice(MOST_WAVES - 1)).toEqual([MOST_WAVES - 1, MOST_WAVES, ...Array(4).fill(TOO_DEEP)])
})

/** By the definition: a row that is above itself is in a ring, and another one is as far below its last ancestor, or its ring, as there are rows between. */
function slowWaves(links: readonly number[]): readonly number[] {
  const parentsOf = (row: number) => {
    const above: number[] = []
    for (let at = links[row - 1] ?? 0; at !== 0 && !above.includes(at); at = links[at - 1] ?? 0) above.push(at)
    return above
  }
  const isRing = (row: number) => parentsOf(row).includes(row)
  return links.map((_, index) => {
    if (isRing(index + 1)) return IN_RING
    const above = parentsOf(index + 1)
    const ring = above.findIndex(isRing)
    return ring === -1 ? above.length : ring + 1
  })
}

test('any source has the waves of the definition', () => {
  const sources = fc
    .integer({ min: 1, max: 12 })
    .chain(rows => fc.array(fc.integer({ min: 0, max: rows }), { minLength: rows, maxLength: rows }))
  fc.assert(
    fc.property(sources, links => {
      expect(wavesOfLinks(links)).toEqual(slowWaves(links))
    }),
  )
})
