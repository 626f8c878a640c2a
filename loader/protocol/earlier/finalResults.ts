import { mergeByRow, type RowRange } from '../../results/mergeByRow.ts'
import type { ResultBatch } from '../../results/resultBatch.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { resultStreams } from '../aggregate/resultStreams.ts'
import { STAGED_FILE } from '../layout.ts'
import { type PlannedRun, readJson, readPlan, type StagedRun } from '../runRecords.ts'

/** A run that has ended, as its run store has it. */
export type EarlierFiles = {
  readonly runId: string
  readonly store: RunStore
  readonly run: PlannedRun
  readonly staged: StagedRun
}

/** Throws RunFileMissingError when the run was removed meanwhile. */
export async function readEarlier(store: RunStore, runId: string): Promise<EarlierFiles> {
  return { runId, store, run: await readPlan(store), staged: await readJson<StagedRun>(store, STAGED_FILE) }
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
