import { expect, test } from 'vitest'
import { drawFrom } from '../../../dev/chaos/draw.ts'
import { ENGINES, FAULT_KINDS } from '../../../dev/chaos/faults.ts'
import { chaosOptions } from '../../../dev/chaos/options.ts'
import { drawLoads, type LoadPlan, SOURCE_FORMS } from '../../../dev/chaos/plan.ts'
import { RULES, SHAPES } from '../../../dev/chaos/shapes.ts'
import { accountsOf, cellsOf, rowsOf } from '../../../dev/chaos/source.ts'
import { parseRule } from '../../../packages/emulator/faults/parseRule.ts'

function plans(seed: number, count = 200, limited = false): readonly LoadPlan[] {
  const loads = drawLoads(drawFrom(seed, 100), { org: 'o1', largest: 2_000, limited })
  return Array.from({ length: count }, () => loads.next().value as LoadPlan)
}

test('a seed repeats the decisions, and another one makes others', () => {
  expect(plans(7)).toEqual(plans(7))
  expect(plans(7, 5)).not.toEqual(plans(8, 5))
})

test('all operations, engines, faults and ways of interfering occur, with valid rules', () => {
  const all = plans(1, 800)
  const pairs = new Set(all.map(({ shape, engine }) => `${shape} ${engine}`))
  const possible = SHAPES.flatMap(shape => ENGINES.filter(engine => [undefined, engine].includes(RULES[shape].engine)))
  expect(pairs.size).toBe(possible.length)
  const faults = all.flatMap(plan => plan.faults)
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS))
  for (const { rule } of faults) expect(parseRule(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
  expect(new Set(all.map(({ interference }) => interference))).toEqual(new Set(['abort', 'delete', undefined]))
  expect(new Set(all.map(({ runs }) => runs))).toEqual(new Set([1, 2]))
  expect(new Set(all.map(({ store }) => store))).toEqual(new Set(['disk', 'S3']))
  expect(new Set(all.map(({ form }) => form))).toEqual(new Set(SOURCE_FORMS))
  const undone = all.filter(({ undo }) => undo !== undefined)
  expect(new Set(undone.map(({ shape, engine }) => `${shape} ${engine}`)).size).toBe(pairs.size)
  // Two runs of one file overwrite each other's records.
  expect(undone.every(({ runs }) => runs === 1)).toBe(true)
  expect(all.some(({ cancelAfter }) => cancelAfter !== undefined)).toBe(true)
  expect(all.every(({ faults }) => !faults.some(({ rule }) => rule.fault.type === 'limitReached'))).toBe(true)
})

test('a load of a limited org meets the daily limit once', () => {
  for (const { faults } of plans(1, 20, true)) {
    expect(faults.filter(({ rule }) => rule.fault.type === 'limitReached').map(({ rule }) => rule.times)).toEqual([1])
  }
})

test('a source has one row for each record, and the Id of those that exist', () => {
  const [plan] = plans(1, 1) as [LoadPlan]
  const load = { ...plan, shape: 'update-id', records: 100 } as const
  const rows = rowsOf(load)
  const cells = cellsOf(load, rows, new Map(rows.map(({ marker }, index) => [marker, `003-${index}`])))
  const lines = cells.map(values => values.join(','))
  expect(lines).toHaveLength(101)
  expect(lines[1]).toBe('003-0,o1-1-000001,set o1-1-000001,o1-1-000001@example.com,,,o1-1/o1-1-000001.txt')
  expect(lines[8]).toBe(
    '003-7,o1-1-000008,set o1-1-000008,o1-1-000008@example.com,no-o1-1-000008.,,o1-1/o1-1-000008.txt',
  )
})

const PARENTED = SHAPES.filter(shape => RULES[shape].parents !== undefined)

test.each(PARENTED)('each parent of a load is there, also in the part before, and none is in a ring (%s)', shape => {
  const load = { name: 'o1-1', shape, records: 203 }
  const rows = rowsOf(load)
  const byMarker = new Map(rows.map(row => [row.marker, row]))
  const accounts = new Set(accountsOf(load))
  const depthOf = (marker: string): number => {
    const { parent = '' } = byMarker.get(marker) ?? {}
    return parent === '' || accounts.has(parent) ? 0 : 1 + depthOf(parent)
  }
  for (const { parent = '', part } of rows) {
    const above = byMarker.get(parent)
    expect(parent === '' || accounts.has(parent) || above !== undefined).toBe(true)
    if (RULES[shape].parents === 'sync' && above !== undefined) expect(above.part).toBe(part - 1)
  }
  const depth = { org: 0, source: 3, sync: 2 }[RULES[shape].parents ?? 'org']
  expect(Math.max(...rows.map(({ marker }) => depthOf(marker)))).toBe(depth)
  expect(rows.filter(({ parent }) => parent !== '').length).toBeGreaterThan(100)
})

test('the arguments have defaults, and wrong ones are named', () => {
  expect(chaosOptions([])).toMatchObject({ kills: 100, records: 20_000 })
  expect(chaosOptions(['--kills', '1,000', '--records', '500', '--seed', '7'])).toEqual({
    kills: 1_000,
    records: 500,
    seed: 7,
  })
  expect(() => chaosOptions(['--kills', 'all'])).toThrow("--kills is 'all'; give a whole number from 1 to 1000000")
  expect(() => chaosOptions(['--kill', '3'])).toThrow('the arguments are --kills 100, --records 20000 and --seed 7')
})
