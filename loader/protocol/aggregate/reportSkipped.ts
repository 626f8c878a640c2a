import type { RunReport, SkippedRun } from '../../../packages/client/contract/runReport.ts'
import { resultsHeader, utcTimestamp } from '../../results/resultsCsv.ts'
import { EMPTY_TALLY } from '../../results/tally.ts'
import type { Dependencies } from '../../step.ts'
import { IN_DOUBT_FILE, REJECTED_FILE, REPORT_FILE, RESULTS_FILE } from '../layout.ts'
import { readSpec, writeJson } from '../runRecords.ts'

export type ReportSkippedInput = {
  readonly runId: string
  readonly skipped: SkippedRun
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/** Writes the report of a run that has nothing to load: no records, and why. */
export async function reportSkipped(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId, skipped, startedAt }: ReportSkippedInput,
): Promise<RunReport> {
  const store = runStore(runId)
  const { connection, object, operation, engine, identityFields, resultColumns } = await readSpec(store)
  const report: RunReport = {
    runId,
    outcome: 'skipped',
    skipped,
    records: 0,
    tally: EMPTY_TALLY,
    files: { results: `${store.location}/${RESULTS_FILE}`, report: `${store.location}/${REPORT_FILE}` },
    errors: [],
    connection,
    object,
    operation,
    engine: engine === 'auto' ? 'collections' : engine,
    startedAt: utcTimestamp(startedAt),
    finishedAt: utcTimestamp(Date.now()),
    warnings: [],
  }
  await store.write(RESULTS_FILE, resultsHeader(identityFields, resultColumns))
  await store.remove(REJECTED_FILE)
  await store.remove(IN_DOUBT_FILE)
  await writeJson(store, REPORT_FILE, report)
  return report
}
