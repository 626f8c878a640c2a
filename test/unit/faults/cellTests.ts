// The tests of all cells of one engine. Each engine has a file of its own, so that both run at the same time.
import { expect, test } from 'vitest'
import { CROSSINGS, type Crossing, expectedEnd, pointsOf, ruleAgainst } from './faultMatrix.ts'
import { type Engine, OPERATIONS, type Operation, STEP_NAMES, worldOf } from './steps.ts'
import { ENDS, type End, type Ended, loadStruck } from './strike.ts'

/** Milliseconds: each test is some hundred loads of a few milliseconds, on a machine that may be busy. */
const TIMEOUT = 180_000

/** A load that no fault strikes. */
export const undisturbed = (engine: Engine, operation: Operation): Promise<Ended> =>
  loadStruck(() => worldOf(engine, operation), { step: 'prepareRun', strikes: () => false, point: 0, lasts: false })

type CellEnd = { readonly fault: string; readonly end: End; readonly problems: readonly string[] }

async function endOf(crossing: Crossing, effects: Ended['effects']): Promise<CellEnd> {
  const { fault, step, engine, operation } = crossing
  let end: End = 'completes'
  const problems: string[] = []
  for (const point of pointsOf(fault, effects, step)) {
    const ended = await loadStruck(() => worldOf(engine, operation), { ...fault, step, point })
    if (ENDS.indexOf(ended.end) > ENDS.indexOf(end)) end = ended.end
    problems.push(...ended.problems.map(problem => `effect ${point}: ${problem}`))
    const isExpected = ended.error === undefined || fault.errors?.includes(ended.error)
    if (!isExpected) problems.push(`effect ${point}: failed with ${ended.error}`)
  }
  return { fault: fault.name, end, problems }
}

/** Every cell of the engine, one test for each step of each operation. */
export function testCells(engine: Engine): void {
  for (const operation of OPERATIONS) {
    for (const step of STEP_NAMES) {
      const cells = CROSSINGS.filter(
        one => one.engine === engine && one.operation === operation && one.step === step && !ruleAgainst(one),
      )
      if (cells.length === 0) continue
      test(
        `${operation}: ${cells.length} faults in ${step}`,
        async () => {
          const { effects } = await undisturbed(engine, operation)
          for (const cell of cells) {
            const expected: CellEnd = { fault: cell.fault.name, end: expectedEnd(cell), problems: [] }
            expect.soft(await endOf(cell, effects)).toEqual(expected)
          }
        },
        TIMEOUT,
      )
    }
  }
}
