import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHasher } from '../../../loader/matching/keyHasher.ts'
import {
  type KeyLimits,
  type KeyList,
  RepeatedKeys,
  repeatedKeyRejection,
} from '../../../loader/matching/repeatedKeys.ts'

/** A list in memory whose blocks end anywhere. */
function newList(): KeyList {
  const written: Buffer[] = []
  return {
    write: async bytes => void written.push(Buffer.from(bytes)),
    read: async function* () {
      const all = Buffer.concat(written)
      for (let at = 0; at < all.length; at += 7) yield all.subarray(at, at + 7)
    },
  }
}

/** Reads the keys until every repeated one is known. Returns the first row of each, as the last reading saw them, and the readings. */
async function readAll(readings: readonly (readonly string[])[], limits: KeyLimits) {
  const keys = new RepeatedKeys(newList, limits)
  for (let reading = 1; ; reading += 1) {
    const texts = readings[Math.min(reading, readings.length) - 1] ?? []
    const firsts: (number | undefined)[] = []
    for (const [index, text] of texts.entries()) {
      firsts.push(keys.seen(text, index + 1))
      if (index % 3 === 0) await keys.flush()
    }
    await keys.flush()
    if (!(await keys.findLate())) return { firsts, reading }
  }
}

/** The first row of each key that an earlier row has. */
function firstsOf(texts: readonly string[]): (number | undefined)[] {
  const map = new Map<string, number>()
  return texts.map((text, index) => {
    const first = map.get(text)
    if (first === undefined) map.set(text, index + 1)
    return first
  })
}

test('the first row of a repeated key is found, among similar keys', () => {
  const keys = new RepeatedKeys(newList)
  let repeated = 0
  for (let row = 1; row <= 200_000; row++) if (keys.seen(`customer-${row}`, row) !== undefined) repeated++
  expect(repeated).toBe(0)
  for (let row = 1; row <= 200_000; row += 997) expect(keys.seen(`customer-${row}`, 300_000)).toBe(row)
})

test('agrees with a map, for any keys, whichever part of them is in memory', async () => {
  const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'b', 'ab', '\u0000', '\u0000\u0000'))
  const limits = fc.record({ exactKeys: fc.nat(12), filterKeys: fc.integer({ min: 1, max: 20 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 40 }), limits, async (texts, limit) => {
      const { firsts, reading } = await readAll([texts], limit)
      expect(firsts).toEqual(firstsOf(texts))
      expect(reading).toBeLessThanOrEqual(2)
    }),
  )
})

test('a source is read once when no key beyond those in memory repeats another', async () => {
  const texts = Array.from({ length: 30_000 }, (_, row) => `customer-${row}`)
  const { firsts, reading } = await readAll([[...texts, 'customer-7']], { exactKeys: 1_000, filterKeys: 4_000 })
  expect({ reading, last: firsts.at(-1) }).toEqual({ reading: 1, last: 8 })
})

test('a source that changes between two readings is read until every repeated key is known', async () => {
  const readings = [
    ['a', 'b', 'c', 'b'],
    ['a', 'c', 'b', 'c', 'd'],
    ['a', 'c', 'b', 'c', 'd'],
  ]
  const { firsts, reading } = await readAll(readings, { exactKeys: 1, filterKeys: 2 })
  expect({ firsts, reading }).toEqual({ firsts: [undefined, undefined, undefined, 2, undefined], reading: 3 })
})

test('each third of the hash distributes keys that differ in few digits like random numbers', () => {
  const count = 100_000
  const hash = new KeyHasher()
  const thirds = { a: new Set<number>(), b: new Set<number>(), c: new Set<number>() }
  for (let row = 0; row < count; row++) {
    const { a, b, c } = hash.reset().add(`C${row}@example.com`).finish()
    thirds.a.add(a)
    thirds.b.add(b)
    thirds.c.add(c)
  }
  // By chance 1.2 pairs of 100,000 agree in 32 bits.
  for (const third of Object.values(thirds)) expect(count - third.size).toBeLessThan(10)
})

test('the end of a cell is part of the hash, so that adjacent cells cannot be confused', () => {
  const hash = new KeyHasher()
  const one = { ...hash.reset().add('ab').add('c').finish() }
  const other = { ...hash.reset().add('a').add('bc').finish() }
  expect(one).not.toEqual(other)
})

test('no key made by hand has the hash of another key: the hash has a random key of its own', () => {
  // Equal under the hash of release 0.1.0, which had no key.
  const twins = ['evilnx\u9fcf\u3778\u6ba1\u689f\u098f\u3de9', 'victim@customer.example']
  const keys = new RepeatedKeys(newList)
  expect(twins.map((key, row) => keys.seen(key, row + 1))).toEqual([undefined, undefined])
  const hashes = Array.from({ length: 1_000 }, () => new KeyHasher().reset().add('victim@customer.example').finish())
  expect(new Set(hashes.map(({ a, b, c }) => [a, b, c].join())).size).toBe(1_000)
})

test('the rejection names the key and the first row', () => {
  expect(repeatedKeyRejection('update', ['Email'], ['a@b.example'], 7)).toEqual({
    rejected: true,
    operation: 'update',
    errorCode: 'KEY_REPEATED',
    errorMessage: 'Key field: Email a@b.example is in row 7 already; leave one row per record',
  })
  expect(repeatedKeyRejection('delete', ['LastName', 'Email'], ['Aster', 'a@b.example'], 7).errorMessage).toBe(
    'Key field: LastName Aster and Email a@b.example is in row 7 already; leave one row per record',
  )
})
