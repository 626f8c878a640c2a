import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHasher } from '../../../loader/matching/keyHasher.ts'
import { ParentIndex } from '../../../loader/matching/parentIndex.ts'

const idOf = (number: number): string => `001${String(number).padStart(12, '0')}AAA`

type Record = { readonly key: string; readonly id: string; readonly created: number }

const records = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    id: fc.nat(30).map(idOf),
    created: fc.nat(3),
  }),
  { maxLength: 60 },
)

/** A record has one key and one time; it may come again, with an Id of 15 characters too. */
const consistent = (given: readonly Record[]): readonly Record[] => {
  const first = new Map<string, Record>()
  for (const record of given) if (!first.has(record.id)) first.set(record.id, record)
  return given.map(({ id }) => first.get(id) as Record)
}

test('the records of a key are counted once, with their first Ids and the oldest of them', () => {
  const hasher = new KeyHasher()
  const hashOf = (key: string) => hasher.reset().add(key).finish()
  fc.assert(
    fc.property(records, given => {
      const all = consistent(given)
      const index = new ParentIndex()
      for (const [at, { key, id, created }] of all.entries()) {
        const isShort = at > all.findIndex(one => one.id === id)
        const bytes = Buffer.from(`x${id}x`)
        index.add(hashOf(key), bytes, 1, isShort ? 16 : 19, created)
      }
      for (const key of ['a', 'b', 'c', 'd']) {
        const own = [...new Map(all.filter(one => one.key === key).map(one => [one.id, one])).values()]
        const ids = own.map(({ id }) => id)
        // Beyond the first five, a record that comes twice is counted twice.
        if (own.length <= 5) expect(index.count(hashOf(key))).toBe(own.length)
        else expect(index.count(hashOf(key))).toBeGreaterThanOrEqual(own.length)
        expect(index.ids(hashOf(key))).toEqual(ids.slice(0, 5))
        const [oldest] = own.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
        if (oldest !== undefined) expect(index.id(hashOf(key))).toBe(oldest.id)
      }
      expect(index.size).toBe(new Set(all.map(({ key }) => key)).size)
    }),
    { numRuns: 500 },
  )
})

test('many keys have their own records', () => {
  const hasher = new KeyHasher()
  const index = new ParentIndex()
  const [keys, hashOf] = [100_000, (key: number) => hasher.reset().add(String(key)).finish()]
  for (let key = 0; key < keys; key++) {
    const bytes = Buffer.from(idOf(key))
    index.add(hashOf(key), bytes, 0, bytes.length, undefined)
    if (key % 3 === 0) index.add(hashOf(key), Buffer.from(idOf(key + keys)), 0, bytes.length, undefined)
  }
  for (let key = 0; key < keys; key += 7) {
    const several = key % 3 === 0 ? [idOf(key + keys)] : []
    expect(index.ids(hashOf(key))).toEqual([idOf(key), ...several])
  }
  expect(index.count(hashOf(keys))).toBe(0)
})
