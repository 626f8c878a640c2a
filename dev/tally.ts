// Counts the results of the tests, so that no failure is missed.
export type Tally = { readonly passed: number; readonly failed: number }

type TestsReport = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/**
 * Tests as vitest's JSON report counts them. A file that could not be loaded, a run that failed beside its tests, and a run
 * without a test or a report each count as a failure.
 */
export function countTests(report: string | undefined, exitCode: number): Tally {
  if (report === undefined) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(report) as TestsReport
  const unloaded = testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  const failed = numFailedTests + unloaded
  const failedOtherwise = failed === 0 && (exitCode !== 0 || numPassedTests === 0)
  return { passed: numPassedTests, failed: failedOtherwise ? 1 : failed }
}
