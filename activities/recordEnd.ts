import type { Dependencies } from '../loader/dependencies.ts'
import { type RecordEndInput, recordEnd as runRecordEnd } from '../loader/runs/recordEnd.ts'

/**
 * Stores how a run ended that has no report, for the time when Temporal has deleted it.
 * Retry: safe because it replaces what it wrote before. It writes nothing for a run whose id belongs to another load: that run never started.
 */
export function recordEnd(dependencies: Dependencies) {
  return (input: RecordEndInput): Promise<void> => runRecordEnd(dependencies, input)
}
