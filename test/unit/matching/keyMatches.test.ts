import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyFilter } from '../../../loader/matching/keyFilter.ts'
import { KeyMatches } from '../../../loader/matching/keyMatches.ts'
import { type KeyCell, RecordKeys } from '../../../loader/matching/recordKeys.ts'
import { type KeyField, type KeyForm, keyFormOf } from '../../../loader/salesforce/keyForms.ts'

type Kind = Pick<KeyField, 'type' | 'caseSensitive'>

const TEXT: Kind = { type: 'string', caseSensitive: false }

/** Keys of few letters, so that many are equal, equal in another case or in another spelling. */
const words = fc.string({
  maxLength: 3,
  unit: fc.constantFrom('a', 'A', 'é', 'e\u0301', 'ß', ' ', '\t', '"', ',', '界'),
})
const numbers = fc.constantFrom('1', '1.0', '+1', '01', '1e0', '10', '1.0E1', 'one', '', '-0', '0', '0.5', '.5')
const days = fc.constantFrom('2024-02-29', '2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000+0000', '29.02.2024')
const ids = fc.constantFrom('0035e00000AAAAA', '0035e00000AAAAAAA0', '0035e00000aaaaa', 'no id', ' 0035e00000AAAAA ')

const KINDS: readonly (readonly [string, Kind, fc.Arbitrary<string>])[] = [
  ['text', TEXT, words],
  ['text with case', { type: 'string', caseSensitive: true }, words],
  ['numbers', { type: 'double', caseSensitive: false }, numbers],
  ['dates', { type: 'date', caseSensitive: false }, days],
  ['times', { type: 'datetime', caseSensitive: false }, days],
  ['Ids', { type: 'reference', caseSensitive: false }, ids],
]

const idOf = (number: number): string => `0035e00000${String(number).padStart(5, '0')}AAA`

type Key = readonly string[]
type FoundRecord = readonly [id: string, key: Key]

/** The Ids of the records of each key, by a plain Map. */
function idsByMap(forms: readonly KeyForm[], keys: readonly Key[], records: readonly FoundRecord[]) {
  const canonical = (key: Key) => JSON.stringify(key.map((value, at) => forms[at]?.canonical(value)))
  const canBe = (key: Key) => key.every((value, at) => forms[at]?.literal(value) !== undefined)
  const byKey = new Map<string, Set<string>>()
  for (const [id, key] of records) {
    if (canBe(key)) byKey.set(canonical(key), (byKey.get(canonical(key)) ?? new Set()).add(id))
  }
  return keys.map(key => (canBe(key) ? [...(byKey.get(canonical(key)) ?? [])] : []))
}

/** The bytes of a value have others around them. */
function cellOf(value: string): KeyCell {
  const bytes = Buffer.from(`x${value}x`)
  return { bytes, start: 1, end: bytes.length - 1 }
}

/** The same by the table of hashes. */
function idsByHash(forms: readonly KeyForm[], keys: readonly Key[], records: readonly FoundRecord[]) {
  const reader = new RecordKeys(forms)
  const read = (key: Key) => (reader.read(key.map(cellOf)) ? reader.hash : undefined)
  const matches = new KeyMatches(keys.length)
  const filter = new KeyFilter(keys.length)
  for (const key of keys) {
    const hash = read(key)
    matches.addRow(hash)
    if (hash !== undefined) filter.add(hash)
  }
  for (const [id, value] of records) {
    const hash = read(value)
    if (hash === undefined || !filter.has(hash)) continue
    const bytes = Buffer.from(`"${id}"`)
    matches.addRecord(hash, bytes, 1, bytes.length - 1)
  }
  return keys.map((_, row) => ({ count: matches.count(row), ids: matches.ids(row), id: onlyId(matches, row) }))
}

function onlyId(matches: KeyMatches, row: number): string {
  const target = Buffer.alloc(20)
  return target.toString('latin1', 1, matches.copyId(row, target, 1))
}

/** Both give the same for random keys and records. */
function compareFound(kinds: readonly Kind[], key: fc.Arbitrary<Key>): void {
  const forms = kinds.map(keyFormOf)
  const record = fc.tuple(fc.nat(30).map(idOf), key)
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), fc.array(record, { maxLength: 40 }), (keys, records) => {
      // A record has one key, and may come twice.
      const known = new Map(records.toReversed())
      const consistent = records.map(([id, own]) => [id, known.get(id) ?? own] as const)
      const expected = idsByMap(forms, keys, consistent).map(found => ({
        count: expect.toSatisfy((count: number) => (found.length > 5 ? count >= found.length : count === found.length)),
        ids: found.slice(0, 5),
        id: found[0] ?? '',
      }))
      expect(idsByHash(forms, keys, consistent)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
}

describe.each(KINDS)('keys that are %s', (_, kind, value) => {
  test('have the records that a Map of their canonical forms gives', () => {
    compareFound([kind], fc.tuple(value))
  })

  test('have them beside a second field that has separators, blanks and letters in any case', () => {
    compareFound([kind, TEXT], fc.tuple(value, words))
    compareFound([TEXT, kind], fc.tuple(words, value))
  })
})

test('values of two fields are not joined: a,bc is another key than ab,c', () => {
  const forms = [keyFormOf(TEXT), keyFormOf(TEXT)]
  const keys = [
    ['ab', 'c'],
    ['a', 'bc'],
    ['A ', ' BC'],
    ['a', ' '],
  ]
  const found = idsByHash(forms, keys, [
    [idOf(1), ['ab', 'c']],
    [idOf(2), ['a', 'bc']],
    [idOf(3), ['a', '']],
  ])
  expect(found.map(({ ids: one }) => one)).toEqual([[idOf(1)], [idOf(2)], [idOf(2)], []])
})

test('a number that the org cannot give whole finds no record: it would find that of another number', () => {
  const forms = [keyFormOf({ ...TEXT, type: 'double' })]
  const keys = [['12345678901234567'], ['9007199254740991'], ['1234567890123.45'], ['0.000000000000001']]
  const found = idsByHash(forms, keys, [
    [idOf(1), ['1.2345678901234568E16']],
    [idOf(2), ['9.007199254740991E15']],
    [idOf(3), ['1.23456789012345E12']],
    [idOf(4), ['1.0E-15']],
  ])
  expect(found.map(({ ids: one }) => one)).toEqual([[], [idOf(2)], [idOf(3)], [idOf(4)]])
})

test('every record of a key with more than five is counted, and the first five Ids are kept', () => {
  const records = Array.from(
    { length: 3_000 },
    (_, index) => [idOf(index), [index % 2 === 0 ? 'even' : 'ODD']] as const,
  )
  const found = idsByHash([keyFormOf(TEXT)], [['Even'], ['odd'], ['none']], records)
  expect(found.map(({ count }) => count)).toEqual([1_500, 1_500, 0])
  expect(found[1]?.ids).toEqual([1, 3, 5, 7, 9].map(idOf))
})

test('a value with more characters than any field that can be filtered on has no record', () => {
  const long = 'x'.repeat(256)
  expect(
    idsByHash([keyFormOf(TEXT)], [[long], ['x'.repeat(255)]], [[idOf(1), [long]]]).map(({ count }) => count),
  ).toEqual([0, 0])
})

test('a filter knows every key, and few others', () => {
  const keys = new RecordKeys([keyFormOf(TEXT)])
  const filter = new KeyFilter(10_000)
  const has = (text: string) => keys.read([cellOf(text)]) && filter.has(keys.hash)
  for (let key = 0; key < 10_000; key++) {
    keys.read([cellOf(`k${key}`)])
    filter.add(keys.hash)
  }
  const known = Array.from({ length: 10_000 }, (_, key) => has(`K${key}`))
  const others = Array.from({ length: 10_000 }, (_, key) => has(`other ${key}`))
  expect(known.filter(one => one)).toHaveLength(10_000)
  expect(others.filter(one => one).length).toBeLessThan(200)
})

test('memory that was used before has nothing of the earlier rows and records', () => {
  const keys = new RecordKeys([keyFormOf(TEXT)])
  const used = new KeyMatches(8)
  const join = (matches: KeyMatches, rows: readonly string[], records: readonly (readonly [string, string])[]) => {
    for (const row of rows) matches.addRow(keys.read([cellOf(row)]) ? keys.hash : undefined)
    for (const [id, key] of records) {
      keys.read([cellOf(key)])
      matches.addRecord(keys.hash, Buffer.from(id), 0, id.length)
    }
    return rows.map((_, row) => [matches.count(row), matches.ids(row)])
  }
  const first = [idOf(1), idOf(2), idOf(3)].map(id => [id, 'a'] as const)
  join(used, ['a', 'b', 'c'], [...first, [idOf(4), 'b']])
  used.clear()
  const again = [
    ['b', 'a', 'd'],
    [[idOf(5), 'a'] as const, [idOf(6), 'a'] as const],
  ] as const
  expect(join(used, ...again)).toEqual(join(new KeyMatches(8), ...again))
})
