import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHasher } from '../../../loader/matching/keyHasher.ts'
import { RepeatedKeys, repeatedKeyRejection } from '../../../loader/matching/repeatedKeys.ts'

test('the first row of a repeated key is found, among similar keys', () => {
  const keys = new RepeatedKeys()
  let repeated = 0
  for (let row = 1; row <= 200_000; row++) if (keys.seen(`customer-${row}`, row) !== undefined) repeated++
  expect(repeated).toBe(0)
  for (let row = 1; row <= 200_000; row += 997) expect(keys.seen(`customer-${row}`, 300_000)).toBe(row)
})

test('agrees with a map, for any keys', () => {
  const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'b', 'ab', '\u0000', '\u0000\u0000'))
  fc.assert(
    fc.property(fc.array(key), list => {
      const keys = new RepeatedKeys()
      const map = new Map<string, number>()
      for (const [index, text] of list.entries()) {
        expect(keys.seen(text, index + 1)).toBe(map.get(text))
        if (!map.has(text)) map.set(text, index + 1)
      }
    }),
  )
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
  const keys = new RepeatedKeys()
  expect(twins.map((key, row) => keys.seen(key, row + 1))).toEqual([undefined, undefined])
  const hashes = Array.from({ length: 1_000 }, () => new KeyHasher().reset().add('victim@customer.example').finish())
  expect(new Set(hashes.map(({ a, b, c }) => [a, b, c].join())).size).toBe(1_000)
})

test('the rejection names the key and the first row', () => {
  expect(repeatedKeyRejection('update', 'Email', 'a@b.example', 7)).toEqual({
    rejected: true,
    operation: 'update',
    errorCode: 'KEY_REPEATED',
    errorMessage: 'Key field: Email a@b.example is in row 7 already; leave one row per record',
  })
})
