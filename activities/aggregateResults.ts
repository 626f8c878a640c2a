import type { Dependencies } from '../loader/dependencies.ts'
import {
  type AggregateResultsInput,
  aggregateResults as runAggregateResults,
} from '../loader/protocol/aggregate/aggregateResults.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { runStep } from './runStep.ts'

/**
 * Merges the results of all chunks in source order, exactly one line per source record, and writes the report.
 * Retry: safe because it only reads what the chunks wrote, and its own files replace themselves.
 */
export function aggregateResults(dependencies: Dependencies) {
  return (input: AggregateResultsInput): Promise<RunReport> =>
    runStep(step => runAggregateResults(dependencies, input, step))
}
