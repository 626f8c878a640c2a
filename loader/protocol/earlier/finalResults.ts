import { mergeByRow, type RowRange } from '../../results/mergeByRow.ts'
import type { ResultBatch } from '../../results/resultBatch.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { resultStreams } from '../aggregate/resultStreams.ts'
import { STAGED_FILE } from '../layout.ts'
import { type PlannedRun, readJson, readMatched, readPlan, type StagedRun } from '../runRecords.ts'
import { withMissing } from '../staged.ts'

/** A run that has ended, as its run store has it. */
export type EarlierFiles = {
  readonly runId: string
  readonly store: RunStore
  readonly run: PlannedRun
  /** Followed by the records of the org that the source did not have, if the run has changed them. */
  readonly staged: StagedRun
  /** Rows of the source. */
  readonly sourceRecords: number
}

/** Throws RunFileMissingError when the run was removed meanwhile. */
export async function readEarlier(store: RunStore, runId: string): Promise<EarlierFiles> {
  const run = await readPlan(store)
  const source = await readJson<StagedRun>(store, STAGED_FILE)
  const staged = withMissing(source, await readMatched(store))
  return { runId, store, run, staged, sourceRecords: source.records }
}

/**
 * The results of all records of a run in the order of its source, in ranges that are valid until the next ones are requested.
 * @param unfinished how the run ended early
 */
export async function* finalResults(
  { runId, store, run, staged }: EarlierFiles,
  unfinished?: 'failed' | 'cancelled',
): AsyncGenerator<readonly RowRange<ResultBatch>[]> {
  yield* mergeByRow(await resultStreams({ store, runId, plan: run.plan, unfinished }, staged))
}
