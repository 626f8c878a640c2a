import { expect, test } from 'vitest'
import { countTests } from '../../../dev/tally.ts'

function report(passed: number, failed: number, files: readonly object[] = []): string {
  return JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files })
}

test('counts tests as vitest does', () => {
  expect(countTests(report(7, 2), 1)).toEqual({ passed: 7, failed: 2 })
  expect(countTests(report(7, 0), 0)).toEqual({ passed: 7, failed: 0 })
})

test('a test file that cannot be loaded is a failure', () => {
  const broken = { status: 'failed', assertionResults: [] }
  expect(countTests(report(7, 0, [broken]), 1)).toEqual({ passed: 7, failed: 1 })
})

test('an error outside of the tests is a failure', () => {
  expect(countTests(report(7, 0), 1)).toEqual({ passed: 7, failed: 1 })
})

test('a run without a test or without a report is a failure', () => {
  expect(countTests(report(0, 0), 0)).toEqual({ passed: 0, failed: 1 })
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 })
})
