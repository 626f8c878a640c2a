// The matrix is whole: each crossing of fault, step, engine and operation is a cell, or is excluded by a rule that holds.
import { expect, test } from 'vitest'
import { undisturbed } from './cellTests.ts'
import { CROSSINGS, expectedEnd, FAULTS, pointsOf, RULES, ruleAgainst } from './faultMatrix.ts'
import { ENGINES, OPERATIONS, STEP_NAMES } from './steps.ts'

/** Cells by their end. They change with the matrix alone: a cell that is lost, or that ends otherwise, shows here. */
const CELLS = { completes: 2348, waits: 621, reports: 80, doubts: 12, fails: 569 }

const countBy = <T>(items: readonly T[], key: (item: T) => string) =>
  Object.fromEntries([...Map.groupBy(items, key)].map(([name, group]) => [name, group.length]))

test('every crossing is a cell or excluded for a reason, and every rule excludes some', () => {
  expect(CROSSINGS).toHaveLength(FAULTS.length * STEP_NAMES.length * ENGINES.length * OPERATIONS.length)
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
  const byReason = countBy(CROSSINGS, one => ruleAgainst(one)?.reason ?? 'none')
  expect(Object.keys(byReason).toSorted()).toEqual([...RULES.map(({ reason }) => reason), 'none'].toSorted())
})

test('the cells by the end that is expected', () => {
  const cells = CROSSINGS.filter(one => ruleAgainst(one) === undefined)
  expect(countBy(cells, expectedEnd)).toEqual(CELLS)
})

test('a fault can strike in each of its cells, and a step that is excluded does nothing that it strikes', async () => {
  for (const engine of ENGINES) {
    for (const operation of OPERATIONS) {
      const { effects, end, problems } = await undisturbed(engine, operation)
      expect({ engine, operation, end, problems }).toEqual({ engine, operation, end: 'completes', problems: [] })
      for (const one of CROSSINGS.filter(each => each.engine === engine && each.operation === operation)) {
        const rule = ruleAgainst(one)
        if (rule?.couldStrike) continue
        const points = pointsOf(one.fault, effects, one.step).length
        expect({ fault: one.fault.name, step: one.step, engine, operation, strikes: points > 0 }).toEqual({
          ...{ fault: one.fault.name, step: one.step, engine, operation, strikes: rule === undefined },
        })
      }
    }
  }
})
