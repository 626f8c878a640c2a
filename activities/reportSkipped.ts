import type { Dependencies } from '../loader/dependencies.ts'
import {
  type ReportSkippedInput,
  reportSkipped as runReportSkipped,
} from '../loader/protocol/aggregate/reportSkipped.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'

/**
 * Writes the report of a run that loads nothing: no records, and the reason.
 * Retry: safe because it replaces what it wrote before.
 */
export function reportSkipped(dependencies: Dependencies) {
  return (input: ReportSkippedInput): Promise<RunReport> => runReportSkipped(dependencies, input)
}
