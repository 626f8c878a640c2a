import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createColumnCheck, createCorrelator } from '../../../loader/matching/correlate.ts'
import { type SyncPlan, wireColumns } from '../../../loader/plan/syncPlan.ts'
import type { Operation } from '../../../packages/client/contract/operations.ts'
import { cellsOf } from '../../rig/cells.ts'
import { planOf } from '../../rig/describes.ts'

const CREATE = planOf({
  fields: { LastName: 'a', Email: 'b', Score__c: 'c', Seen__c: 'd', Visits__c: 'e', Languages__c: 'f' },
})
const WITH_ID = planOf({ fields: { LastName: 'a', Score__c: 'b', Ext_Id__c: 'c' } })
const UPDATE = planOf({ operation: 'update', keyField: 'Email', fields: { Email: 'a', LastName: 'b', Phone: 'c' } })

function namesOf(plan: SyncPlan, operation: Operation): string[] {
  return wireColumns(plan, operation).map(({ name }) => name)
}

/** A correlator that was fed rows, which are numbered from 0. */
function sentAll(
  plan: SyncPlan,
  operation: Operation,
  headers: readonly (readonly string[])[],
  rows: readonly (readonly string[])[],
  changed: readonly string[] = [],
) {
  const correlator = createCorrelator(plan, operation, headers, changed)
  if (rows.length > 0) correlator.sent(cellsOf(rows))
  const match = correlator.match.map(
    find => (values: readonly string[]) => find(cellsOf([values], values.length > 1), 0),
  )
  return { ...correlator, match }
}

/** Rows whose cells are already in the form that is sent. */
const ROW = fc.tuple(
  fc.constantFrom('Aster', 'aster', 'Birch', ' '.repeat(0)),
  fc.constantFrom('A@b.example', 'a@b.example', 'c@d.example', ''),
  fc.constantFrom('350000000', '12', '0.5', ''),
  fc.constantFrom('2024-01-31T09:00:00.000Z', '2024-01-31T09:00:01.000Z', ''),
  fc.constantFrom('1', '2', ''),
  fc.constantFrom('English;German', 'German;English', 'German', ''),
)

/** Known ways in which Salesforce rewrites values. */
function rewritten([name, mail, score, seen, visits, languages]: readonly string[]): string[] {
  const score2 = score === '350000000' ? '3.5E8' : score?.replace(/^12$/, '12.0')
  const ordered = languages?.split(';').sort().join(';')
  return [
    name ?? '',
    mail?.toLowerCase() ?? '',
    score2 ?? '',
    seen?.replace('.000Z', 'Z') ?? '',
    visits ?? '',
    ordered ?? '',
  ]
}

/** The values that Salesforce stores for a row: rows with the same values are equal. */
function stored(row: readonly string[]): string {
  return JSON.stringify(rewritten(row))
}

describe('every row gets its own result', () => {
  test('of a create whose key fields say what the org has, when rows share the value of one of them', () => {
    const keyField = ['Ext_Id__c', 'LastName']
    const plan = planOf({ existing: 'keep', keyField, fields: { LastName: 'a', Ext_Id__c: 'b' } })
    const rows = [
      ['Aster', 'K1'],
      ['Birch', 'K1'],
    ]
    const { match } = sentAll(plan, 'create', [namesOf(plan, 'create')], rows)
    expect(rows.toReversed().map(row => match[0]?.(row))).toEqual([1, 0])
  })

  test('in any order of rows and columns, and with any rewriting of values', () => {
    const names = namesOf(CREATE, 'create')
    fc.assert(
      fc.property(
        fc.array(ROW, { minLength: 1, maxLength: 60 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (rows, order, chance) => {
          const header = ['sf__Id', 'sf__Created', ...order.map(index => names[index] ?? '')]
          const correlator = sentAll(CREATE, 'create', [header], rows)
          const results = shuffled([...rows.entries()], chance).map(([index, row]) => {
            const values = rewritten(row)
            return { owner: index, values: ['003', 'true', ...order.map(position => values[position] ?? '')] }
          })
          const got = results.map(({ owner, values }) => ({ owner, row: correlator.match[0]?.(values) }))
          for (const { owner, row } of got) {
            expect(stored(rows[row ?? -1] ?? [])).toBe(stored(rows[owner] ?? []))
          }
          expect(new Set(got.map(({ row }) => row)).size).toBe(rows.length)
          expect(correlator.unanswered()).toEqual([])
          expect(correlator.unmatched()).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('or none when only a missing column distinguishes rows', () => {
    const names = namesOf(CREATE, 'create')
    fc.assert(
      fc.property(
        fc.array(ROW, { minLength: 1, maxLength: 40 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5]),
        fc.infiniteStream(fc.nat()),
        (rows, kept, chance) => {
          const header = ['sf__Error', ...kept.map(index => names[index] ?? '')]
          const correlator = sentAll(CREATE, 'create', [header], rows)
          let matched = 0
          for (const [index, cells] of shuffled([...rows.entries()], chance)) {
            const row = correlator.match[0]?.(['E:x:--', ...kept.map(position => rewritten(cells)[position] ?? '')])
            if (row === undefined) continue
            matched++
            expect(stored(rows[row] ?? [])).toBe(stored(rows[index] ?? []))
          }
          expect(correlator.unanswered()).toHaveLength(rows.length - matched)
          expect(correlator.unmatched()).toBe(rows.length - matched)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('by a unique External ID, also when the rest of the row is changed in the results', () => {
    const header = ['sf__Id', 'sf__Error', 'Ext_Id__c', 'LastName']
    const correlator = sentAll(
      WITH_ID,
      'create',
      [header],
      [
        ['Aster', '1', 'X1'],
        ['Aster', '1', 'X2'],
        ['Birch', '', ''],
      ],
    )
    const match = correlator.match[0]
    expect(match?.(['', 'E:x:--', 'X2', 'ASTER'])).toBe(1)
    expect(match?.(['', 'E:x:--', '', 'Birch'])).toBe(2)
    expect(match?.(['', 'E:x:--', 'X3', 'Aster'])).toBe(undefined)
    expect(correlator.unanswered()).toEqual([0])
    expect(correlator.unmatched()).toBe(1)
  })

  test('by the whole row when a unique External ID occurs twice', () => {
    const header = namesOf(WITH_ID, 'create')
    const correlator = sentAll(
      WITH_ID,
      'create',
      [header],
      [
        ['Aster', '1', 'X1'],
        ['Birch', '2', 'X1'],
      ],
    )
    expect(correlator.match[0]?.(['Birch', '2.0', 'X1'])).toBe(1)
    expect(correlator.match[0]?.(['Aster', '1.0', 'X1'])).toBe(0)
  })

  test('by Id on update, echoed or returned by Salesforce alone', () => {
    const rows = [
      ['0037e00001WZ30qAAD', 'Aster', ''],
      ['0037e00001WZ30rAAD', 'Aster', ''],
    ]
    const correlator = sentAll(
      UPDATE,
      'update',
      [
        ['sf__Id', 'sf__Created', 'LastName'],
        ['Id', 'sf__Error'],
      ],
      rows,
    )
    expect(correlator.match[1]?.(['0037e00001WZ30r', 'E:x:--'])).toBe(1)
    expect(correlator.match[0]?.(['0037e00001WZ30qAAD', 'false', 'Aster'])).toBe(0)
  })

  test('the three files of a job need not have the same columns', () => {
    const rows = [
      ['Aster', '1', 'X1'],
      ['Birch', '', ''],
      ['Cedar', '', ''],
    ]
    const headers = [
      ['sf__Id', 'LastName', 'Score__c', 'Ext_Id__c'],
      ['sf__Id', 'LastName'],
      ['LastName', 'Score__c'],
    ]
    const correlator = sentAll(WITH_ID, 'create', headers, rows)
    expect(correlator.match[0]?.(['003', 'Aster', '1.0', 'X1'])).toBe(0)
    expect(correlator.match[1]?.(['', 'Birch'])).toBe(1)
    expect(correlator.match[2]?.(['Cedar', ''])).toBe(2)
    expect(correlator.unanswered()).toEqual([])
  })

  test('a duplicate result is not matched to a second row', () => {
    const header = namesOf(CREATE, 'create')
    const row = ['Aster', '', '', '', '', '']
    const correlator = sentAll(CREATE, 'create', [header], [row])
    expect(correlator.match[0]?.(row)).toBe(0)
    expect(correlator.match[0]?.(row)).toBe(undefined)
    expect(correlator.unmatched()).toBe(1)
  })

  test('a chunk of 100,000 equal rows is matched row by row, in both lists of results', () => {
    const header = namesOf(CREATE, 'create')
    const row = ['Aster', '', '', '', '', '']
    const correlator = createCorrelator(CREATE, 'create', [header, ['LastName']])
    const [sent, whole, short] = [cellsOf([row]), cellsOf([row], true), cellsOf([['Aster']])]
    for (let i = 0; i < 100_000; i++) correlator.sent(sent)
    for (let i = 0; i < 50_000; i++) correlator.match[0]?.(whole, 0)
    for (let i = 0; i < 50_000; i++) correlator.match[1]?.(short, 0)
    expect(correlator.unanswered()).toEqual([])
  })
})

describe('a column that the org rewrites in an unknown way', () => {
  const names = namesOf(CREATE, 'create')
  /** As an org that stores some names in capitals. */
  const capitals = ([name = '', ...rest]: readonly string[]) => [
    name === 'Birch' ? 'BIRCH' : name,
    ...rewritten(['', ...rest]).slice(1),
  ]

  test('is detected, and results are matched to rows by the other columns, or not at all', () => {
    fc.assert(
      fc.property(fc.array(ROW, { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.nat()), (rows, chance) => {
        const results = shuffled([...rows.entries()], chance).map(([owner, row]) => ({ owner, values: capitals(row) }))
        const check = createColumnCheck(CREATE, 'create', [names])
        check.sent(cellsOf(rows))
        for (const { values } of results) check.result[0]?.(cellsOf([values], true), 0)
        const changed = check.changed()
        expect(changed).toEqual(rows.some(([name]) => name === 'Birch') ? ['LastName'] : [])

        const correlator = sentAll(CREATE, 'create', [names], rows, changed)
        for (const { owner, values } of results) {
          const row = correlator.match[0]?.(values)
          const capital = (index: number) => JSON.stringify(capitals(rows[index] ?? []))
          if (row !== undefined) expect(capital(row)).toBe(capital(owner))
        }
      }),
      { numRuns: 300 },
    )
  })

  test('costs no record its result where the other columns distinguish rows', () => {
    const rows = [
      ['Birch', '', '1', '', '', ''],
      ['Birch', '', '2', '', '', ''],
      ['Aster', '', '1', '', '', ''],
    ]
    const correlator = sentAll(CREATE, 'create', [names], rows, ['LastName'])
    expect(correlator.match[0]?.(['BIRCH', '', '2.0', '', '', ''])).toBe(1)
    expect(correlator.match[0]?.(['Aster', '', '1.0', '', '', ''])).toBe(2)
    expect(correlator.match[0]?.(['BIRCH', '', '1.0', '', '', ''])).toBe(0)
  })

  test('is not searched for when results are missing', () => {
    const check = createColumnCheck(CREATE, 'create', [names])
    check.sent(cellsOf([['Aster', 'a@b.example', '1', '2024-01-31T09:00:00.000Z', '1', 'German']]))
    expect(check.changed()).toEqual([])
  })
})

function shuffled<T>(list: readonly T[], chance: Iterable<number> & { next(): { value: number } }): T[] {
  const result = [...list]
  for (let last = result.length - 1; last > 0; last--) {
    const other = chance.next().value % (last + 1)
    const kept = result[last] as T
    result[last] = result[other] as T
    result[other] = kept
  }
  return result
}
