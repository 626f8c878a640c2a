import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHasher } from '../../../loader/matching/keyHasher.ts'

const text = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.string({ maxLength: 9, unit: 'grapheme' }),
  fc.string({
    maxLength: 5,
    unit: fc.constantFrom('@', 'A', 'Z', '[', '`', 'a', 'z', '{', '\u0000', '\u007f', 'é', '界', '😀'),
  }),
)

const long = fc
  .tuple(text, fc.integer({ min: 240, max: 270 }))
  .map(([end, length]) => 'Ab'.repeat(length).slice(0, length) + end)

const of = ({ a, b, c }: KeyHasher) => [a, b, c]

/** Adds the bytes of each text, with other bytes around them. */
function addBytes(hash: KeyHasher, texts: readonly string[], add: 'addBytes' | 'addFolded'): number[] {
  hash.reset()
  for (const one of texts) {
    const bytes = Buffer.from(`x,${one},y`)
    hash[add](bytes, 2, bytes.length - 2)
  }
  return of(hash.finish())
}

function addTexts(hash: KeyHasher, texts: readonly string[]): number[] {
  hash.reset()
  for (const one of texts) hash.add(one)
  return of(hash.finish())
}

test('a string and its UTF-8 bytes have the same hash, also after other texts', () => {
  const hash = new KeyHasher()
  fc.assert(
    fc.property(fc.array(fc.oneof(text, long), { maxLength: 4 }), texts => {
      expect(addBytes(hash, texts, 'addBytes')).toEqual(addTexts(hash, texts))
    }),
  )
})

test('folded bytes have the hash of the text with only the letters of ASCII in lower case', () => {
  const hash = new KeyHasher()
  fc.assert(
    fc.property(fc.array(fc.oneof(text, long), { maxLength: 4 }), texts => {
      const lower = texts.map(one => one.replace(/[A-Z]/g, letter => letter.toLowerCase()))
      expect(addBytes(hash, texts, 'addFolded')).toEqual(addTexts(hash, lower))
    }),
  )
})

test('texts that differ have hashes that differ, also where one is the other with code 0 at its end', () => {
  const hash = new KeyHasher()
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), fc.array(text, { maxLength: 3 }), (one, other) => {
      expect(addTexts(hash, one).join() === addTexts(hash, other).join()).toBe(
        JSON.stringify(one) === JSON.stringify(other),
      )
    }),
  )
  const ends = ['', '\u0000', '\u0000\u0000', 'é', 'é\u0000', 'abcd', 'abcd\u0000']
  expect(new Set(ends.map(end => addTexts(hash, [end]).join())).size).toBe(ends.length)
})
