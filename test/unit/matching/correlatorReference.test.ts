// The correlator agrees with the rule that it follows, written down with strings and without any index.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCorrelator } from '../../../loader/matching/correlate.ts'
import { identifyingFields, type SyncPlan, wireColumns } from '../../../loader/plan/syncPlan.ts'
import { compileComparisonKey } from '../../../loader/values/fieldValue.ts'
import type { Operation } from '../../../packages/client/contract/operations.ts'
import { cellsOf } from '../../rig/cells.ts'
import { planOf } from '../../rig/describes.ts'

type Row = readonly string[]

const PLANS: readonly (readonly [SyncPlan, Operation])[] = [
  [planOf({ fields: { LastName: 'a', Email: 'b', Score__c: 'c', Languages__c: 'd' } }), 'create'],
  [planOf({ fields: { LastName: 'a', Score__c: 'b', Ext_Id__c: 'c' } }), 'create'],
  [planOf({ operation: 'update', keyField: 'Email', fields: { Email: 'a', LastName: 'b', Phone: 'c' } }), 'update'],
]

/** Finds the row of a result: by each set of columns in turn, unless rows that are left differ in a column that it lacks. */
class Reference {
  readonly #keysOf: readonly ((text: string) => string)[]
  readonly #names: readonly string[]
  readonly #key: string
  readonly #changed: readonly string[]
  readonly left: Map<number, Row>

  constructor(plan: SyncPlan, operation: Operation, rows: readonly Row[], changed: readonly string[]) {
    const columns = wireColumns(plan, operation)
    this.#keysOf = columns.map(({ valueField }) => compileComparisonKey(valueField))
    this.#names = columns.map(({ name }) => name)
    this.#key = operation === 'update' ? 'Id' : (identifyingFields(plan, operation)[0]?.wireName ?? '')
    this.#changed = changed
    this.left = new Map(rows.map((row, index) => [index, this.keys(row)]))
  }

  keys(row: Row): Row {
    return this.#keysOf.map((keyOf, column) => keyOf(row[column] ?? ''))
  }

  match(header: Row, values: Row): number | undefined {
    const result = this.keys(this.#names.map(name => values[header.indexOf(name)] ?? ''))
    const present = this.#names.filter(name => header.includes(name))
    const unchanged = present.filter(name => !this.#changed.includes(name))
    const sets = [unchanged.includes(this.#key) ? [this.#key] : undefined, present, unchanged]
    for (const names of sets) {
      if (names === undefined) continue
      const columns = names.map(name => this.#names.indexOf(name))
      const found = [...this.left].filter(([, row]) => columns.every(column => row[column] === result[column]))
      const [first] = found
      if (first === undefined || found.some(([, row]) => row.join('\0') !== first[1].join('\0'))) continue
      this.left.delete(first[0])
      return first[0]
    }
    return undefined
  }
}

const value = fc.constantFrom(
  '',
  '1',
  '1.0',
  '1.50',
  '12',
  'A@b.example',
  'a@b.example',
  'Åsa',
  'A\u030asa',
  'x, "y"',
  'x\ny',
  ' x',
)
const id = fc.constantFrom('0037e00001WZ30qAAD', '0037e00001WZ30q', '0037e00001WZ30rAAD', '')
const row = fc.tuple(fc.oneof(value, id), value, value, value)
const list = fc.constantFrom('B;A', 'A;B', 'A')

const job = fc
  .tuple(fc.constantFrom(...PLANS), fc.array(fc.tuple(row, list), { minLength: 1, maxLength: 30 }))
  .chain(([[plan, operation], drawn]) => {
    const names = wireColumns(plan, operation).map(({ name }) => name)
    const rows = drawn.map(([cells, last]) =>
      names.map((name, at) => (name === 'Languages__c' ? last : (cells[at] ?? ''))),
    )
    const header = fc.oneof(
      fc.shuffledSubarray(names, { minLength: names.length }),
      fc.shuffledSubarray(names, { minLength: 1 }),
    )
    return fc.record({
      plan: fc.constant(plan),
      operation: fc.constant(operation),
      names: fc.constant(names),
      rows: fc.constant(rows),
      headers: fc.array(header, { minLength: 1, maxLength: 3 }),
      changed: fc.subarray(names, { maxLength: 1 }),
      // In the order sent, with gaps, or in any order; some twice; each in one of the files.
      results: fc.oneof(
        fc.subarray(rows.map((_, index) => index)),
        fc.array(fc.nat({ max: rows.length - 1 }), { maxLength: 40 }),
      ),
      file: fc.infiniteStream(fc.nat({ max: 2 })),
      rewrites: fc.infiniteStream(fc.constantFrom(...REWRITES)),
    })
  })

const REWRITES: readonly ((text: string) => string)[] = [
  text => text,
  text => text,
  text => text,
  text => text.trim(),
  text => text.toLowerCase(),
  text => text.normalize('NFC'),
  text => (text === '12' ? '12.0' : text),
  text => (text === '' ? '#N/A' : text),
  text => `${text}!`,
]

test('agrees with the rule for any job: shuffled, failed, missing and repeated results, missing columns, rewritten values', () => {
  let matched = 0
  fc.assert(
    fc.property(job, ({ plan, operation, names, rows, headers, changed, results, file, rewrites }) => {
      const reference = new Reference(plan, operation, rows, changed)
      const correlator = createCorrelator(plan, operation, headers, changed)
      correlator.sent(cellsOf(rows))
      let unmatched = 0
      for (const index of results) {
        const at = file.next().value % headers.length
        const header = headers[at] ?? []
        const sent = rows[index] ?? []
        const values = header.map(name =>
          (rewrites.next().value as (text: string) => string)(sent[names.indexOf(name)] ?? ''),
        )
        const expected = reference.match(header, values)
        const found = correlator.match[at]?.(cellsOf([values], true), 0)
        if (expected === undefined) unmatched += 1
        else matched += 1
        // Equal rows are interchangeable.
        const rowOf = (place: number | undefined) =>
          place === undefined ? undefined : reference.keys(rows[place] ?? [])
        expect(rowOf(found)).toEqual(rowOf(expected))
      }
      const left = correlator.unanswered().map(place => reference.keys(rows[place] ?? []).join('\0'))
      expect(left.toSorted()).toEqual([...reference.left.values()].map(keys => keys.join('\0')).toSorted())
      expect(correlator.unmatched()).toBe(unmatched)
    }),
    { numRuns: 500 },
  )
  expect(matched).toBeGreaterThan(500)
})
