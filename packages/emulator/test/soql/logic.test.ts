import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, readerOf, rowsOf } from './soqlRecords.ts'

type Logic =
  | { readonly kind: 'is'; readonly score: number }
  | { readonly kind: 'not'; readonly part: Logic }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] }

const { tree } = fc.letrec<{ tree: Logic; leaf: Logic; not: Logic; list: Logic }>(tie => ({
  tree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('not'), tie('list')),
  leaf: fc.record({ kind: fc.constant('is' as const), score: fc.integer({ min: 0, max: 4 }) }),
  not: fc.record({ kind: fc.constant('not' as const), part: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list')) }),
  // A list starts with a plain comparison: the parser library loses one of three consecutive NOTs.
  list: fc
    .tuple(
      fc.constantFrom('and' as const, 'or' as const),
      tie('leaf'),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    )
    .map(([kind, first, others]) => ({ kind, parts: [first, ...others] })),
}))

// Only nested lists need parentheses.
function soqlOf(logic: Logic, isInner = false): string {
  if (logic.kind === 'is') return `Score__c = ${logic.score}`
  if (logic.kind === 'not') return isInner ? `(NOT ${soqlOf(logic.part, true)})` : `NOT ${soqlOf(logic.part, true)}`
  const joined = logic.parts.map(part => soqlOf(part, true)).join(` ${logic.kind.toUpperCase()} `)
  return isInner ? `(${joined})` : joined
}

function holds(logic: Logic, score: number): boolean {
  switch (logic.kind) {
    case 'is':
      return logic.score === score
    case 'not':
      return !holds(logic.part, score)
    case 'and':
      return logic.parts.every(part => holds(part, score))
    case 'or':
      return logic.parts.some(part => holds(part, score))
  }
}

test('three consecutive NOTs are rejected rather than misread', () => {
  const { reader } = readerOf({ Contact: [] })
  const query = 'SELECT Id FROM Contact WHERE NOT (NOT (NOT Score__c = 0))'
  expect(() => rowsOf(query, reader)).toThrow('MALFORMED_QUERY')
})

test('any nesting of AND, OR, NOT and parentheses is evaluated correctly', () => {
  const scores = [0, 1, 2, 3, 4]
  const { reader } = readerOf({ Contact: scores.map(score => ({ LastName: 'x', Score__c: score })) })
  fc.assert(
    fc.property(tree, logic => {
      const found = column(rowsOf(`SELECT Score__c FROM Contact WHERE ${soqlOf(logic)}`, reader), 'Score__c')
      expect(found).toEqual(scores.filter(score => holds(logic, score)))
    }),
    { numRuns: 500 },
  )
})
