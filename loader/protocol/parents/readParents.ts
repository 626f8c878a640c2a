// Reads the records that a run of another sync has written, or would write, by columns of its source.
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import type { RowRange } from '../../results/mergeByRow.ts'
import { PlanLineReader } from '../../results/readPlanLine.ts'
import { type ResultBatch, ResultParts } from '../../results/resultBatch.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import { type EarlierFiles, finalResults, readEarlier } from '../earlier/finalResults.ts'
import { EARLIER_FILES, PLAN_CSV_FILE, PLAN_REPORT_FILE, REPORT_FILE } from '../layout.ts'
import { locatedBatches, readJsonIfThere } from '../runRecords.ts'
import { hasRecord, visitLines } from './keyedLines.ts'
import { ParentRecords } from './parentRecords.ts'

export type ParentRun = {
  readonly runId: string
  /** Columns of its source. */
  readonly by: readonly string[]
  /** Whether the run is a plan: then the parents that it would create have no Id yet. */
  readonly isPlan: boolean
  /** In which values are equal. @default without blanks around them, in Unicode form NFC */
  readonly form?: (value: string) => string
}

/** Throws RunRejectedError when its source has no such column, and RunFileMissingError when it was removed. */
export async function readParents(
  runStores: RunStores,
  { runId, by, isPlan, form }: ParentRun,
): Promise<ParentRecords> {
  const store = runStores.open(runId)
  const placeOf = (row: number) => `see row ${row} of the results of run ${runId}`
  if ((await outcomeOf(store, isPlan)) === 'skipped') return new ParentRecords(0, placeOf, form)
  const earlier = await readEarlier(store, runId)
  const parents = new ParentRecords(earlier.sourceRecords, placeOf, form)
  if (isPlan) {
    await addPlan(parents, earlier, by)
    return parents
  }
  await addRun(parents, earlier, by)
  for await (const retry of retriesOf(runStores, runId)) await addRetry(parents, retry, by)
  return parents
}

const outcomeOf = async (store: RunStore, isPlan: boolean): Promise<string | undefined> =>
  (await readJsonIfThere<RunReport | PlanReport>(store, isPlan ? PLAN_REPORT_FILE : REPORT_FILE))?.outcome

/** The retries of a run that were completed and not undone, the first one first. */
async function* retriesOf(runStores: RunStores, runId: string): AsyncGenerator<EarlierFiles> {
  for (let from = runId; ; ) {
    const next = await runIdIn(runStores.open(from), EARLIER_FILES.retry)
    if (next === undefined) return
    const store = runStores.open(next)
    const outcome = await outcomeOf(store, false)
    const isCompleted = outcome === 'completed' || outcome === 'completed_with_rejected'
    if (!isCompleted || (await runIdIn(store, EARLIER_FILES.undo)) !== undefined) return
    yield await readEarlier(store, next)
    from = next
  }
}

const runIdIn = async (store: RunStore, file: string): Promise<string | undefined> =>
  (await readJsonIfThere<{ readonly runId: string }>(store, file))?.runId

async function addRun(parents: ParentRecords, earlier: EarlierFiles, by: readonly string[]): Promise<void> {
  const parts = new ResultParts()
  await visitLines(earlier, finalResults(earlier), by, (key, row, batch, at) => {
    if (hasRecord(parts.read(batch, at))) {
      parents.addWritten(key, row, batch.bytes, parts.outcomeEnd + 1, parts.idEnd)
      return
    }
    const { reason, isRepeat } = reasonOf(batch, at)
    parents.addUnwritten(key, row, reason, isRepeat)
  })
}

async function addRetry(parents: ParentRecords, earlier: EarlierFiles, by: readonly string[]): Promise<void> {
  const parts = new ResultParts()
  await visitLines(earlier, finalResults(earlier), by, (key, _, batch, at) => {
    if (hasRecord(parts.read(batch, at))) parents.retryWritten(key, batch.bytes, parts.outcomeEnd + 1, parts.idEnd)
    else parents.retryUnwritten(key, reasonOf(batch, at).reason)
  })
}

function reasonOf(batch: ResultBatch, at: number): { readonly reason: string; readonly isRepeat: boolean } {
  const [result] = recordResults([readChunkResult(recordText(batch, at))])
  const { outcome, errorCode = '', errorMessage = '' } = result ?? {}
  if (outcome === 'deleted') return { reason: 'was deleted by its sync', isRepeat: false }
  const what = outcome === 'in_doubt' ? 'is in doubt' : `was rejected${codeWords(errorCode)}`
  return { reason: `${what}: ${errorMessage}`, isRepeat: errorCode === 'KEY_REPEATED' }
}

/** The message of a parent whose own parent was rejected says so itself. */
const codeWords = (errorCode: string): string => (errorCode === 'PARENT_REJECTED' ? '' : `: ${errorCode}`)

async function addPlan(parents: ParentRecords, earlier: EarlierFiles, by: readonly string[]): Promise<void> {
  const lines = new PlanLineReader(earlier.run.plan)
  await visitLines(earlier, planLines(earlier), by, (key, row, batch, at) => {
    switch (lines.verdict(batch, at)) {
      case 'create':
        parents.addPlanned(key, row)
        return
      case 'update':
      case 'unchanged': {
        const id = Buffer.from(lines.id(batch, at))
        parents.addWritten(key, row, id, 0, id.length)
        return
      }
      case 'delete':
        parents.addUnwritten(key, row, 'would be deleted by its sync', false)
        return
      case 'ambiguous':
      case 'rejected': {
        const { errorCode, errorMessage } = lines.rejection(batch, at)
        parents.addUnwritten(
          key,
          row,
          `would be rejected${codeWords(errorCode)}: ${errorMessage}`,
          errorCode === 'KEY_REPEATED',
        )
      }
    }
  })
}

async function* planLines({ store }: EarlierFiles): AsyncGenerator<readonly RowRange<ResultBatch>[]> {
  for await (const batch of locatedBatches(store, PLAN_CSV_FILE)) yield [{ batch, from: 0, to: batch.count }]
}
