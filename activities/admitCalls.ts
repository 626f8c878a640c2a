import { type AdmitCallsInput, type AdmittedCalls, admitCalls as runAdmitCalls } from '../loader/calls/admitCalls.ts'
import type { Dependencies } from '../loader/dependencies.ts'

/**
 * Finds out which calls were made before, and stores which of the new ones make up the next run.
 * Retry: safe because claims and the run's list are written once; another attempt finds them and returns the same.
 */
export function admitCalls(dependencies: Dependencies) {
  return (input: AdmitCallsInput): Promise<AdmittedCalls> => runAdmitCalls(dependencies, input)
}
