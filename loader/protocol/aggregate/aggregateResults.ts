import {
  type ComparedReport,
  MAX_INLINE_RESULTS,
  type RecordResult,
  type RunReport,
  type SkippedRun,
  type Tally,
} from '../../../packages/client/contract/runReport.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { isSuccess, type ResultLine, readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { ErrorCounter } from '../../results/errorCounts.ts'
import { mergeByRow, type RowRange } from '../../results/mergeByRow.ts'
import { type ResultBatch, ResultParts } from '../../results/resultBatch.ts'
import { ResultsCsvLines, resultsHeader, utcTimestamp } from '../../results/resultsCsv.ts'
import { completedOutcome, EMPTY_TALLY, loadedRecords, newCounts, tallyOf } from '../../results/tally.ts'
import { earlierKey, earlierRunOf } from '../../spec/earlierRun.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { RecordIndex } from '../history/recordIndex.ts'
import { IN_DOUBT_FILE, REJECTED_FILE, REPORT_FILE, RESULTS_FILE } from '../layout.ts'
import {
  type PlannedRun,
  readMatched,
  readPlan,
  readSpec,
  readStaged,
  requireRun,
  type StagedRun,
  writeJson,
} from '../runRecords.ts'
import { forgetLastSource, keepLastSource, mappingHash } from '../stage/lastSource.ts'
import { type MatchedRecords, withMissing } from '../staged.ts'
import { withMissingReport } from './missingReport.ts'
import { RejectedFiles, type WrittenRejectedFiles } from './rejectedFiles.ts'
import { reportFacts } from './reportFacts.ts'
import { resultStreams } from './resultStreams.ts'
import { ResultsIncompleteError } from './resultsIncompleteError.ts'

export type AggregateResultsInput = {
  readonly runId: string
  readonly inlineResults: boolean
  /** A run that ended early accounts for all of its records too: a record that was not sent gets NOT_SENT. */
  readonly ended: 'completed' | 'cancelled' | 'failed'
}

/** Merges the results of all chunks in source order, exactly one line per source record, and writes the report. */
export async function aggregateResults(
  { runStore, syncStore }: Pick<Dependencies, 'runStore' | 'syncStore'>,
  input: AggregateResultsInput,
  step: Step,
): Promise<RunReport> {
  const store = runStore(input.runId)
  const run = await readPlan(store)
  const source = await readStaged(store)
  if (source === undefined) throw new ResultsIncompleteError(input.runId, 'its source was never staged')
  const matched = await readMatched(store)
  const staged = withMissing(source, matched)
  step.heartbeat({ aggregating: staged.records })
  const written = await writeResults(store, input, run, staged, source.records, step.signal)
  const compared = present({ compared: comparedOf(matched, staged) })
  const report = withMissingReport(
    { ...reportOf(store, input, run, staged, written), ...compared },
    { store, run, matched, isPlan: false },
  )
  await writeJson(store, REPORT_FILE, report)
  await requireRun(store)
  await forgetUndoneSource({ runStore, syncStore }, run.spec)
  if (input.ended === 'completed') await keepSource(syncStore, run, staged, report)
  return report
}

/** What a run has loaded is not in the org any more, not even wholly if the undo ended early. */
async function forgetUndoneSource(
  { runStore, syncStore }: Pick<Dependencies, 'runStore' | 'syncStore'>,
  { source }: SyncSpec,
): Promise<void> {
  const earlier = earlierRunOf(source)
  if (earlier?.kind !== 'undo') return
  const sync = (await readStaged(runStore(earlier.runId)))?.sync
  if (sync !== undefined) await forgetLastSource(syncStore(sync), earlier.runId)
}

/** Stores the hash of the source, which the next run of the sync compares. */
async function keepSource(
  syncStore: Dependencies['syncStore'],
  { spec, startedAt }: PlannedRun,
  { sync, sourceHash: hash }: StagedRun,
  { runId, finishedAt, records, tally }: RunReport,
): Promise<void> {
  const { source, limit } = spec
  // A part of the source is not the source.
  if (sync === undefined || 'inline' in source || limit !== undefined || earlierRunOf(source) !== undefined) return
  const loaded = loadedRecords(tally) + tally.inDoubt
  const { uri } = source
  const mapping = mappingHash(spec)
  await keepLastSource(syncStore(sync), { runId, uri, hash, mapping, loaded, records, startedAt, finishedAt })
}

type Written = {
  readonly tally: Tally
  readonly errors: ErrorCounter
  readonly files: WrittenRejectedFiles
  readonly inline: readonly RecordResult[]
}

async function writeResults(
  store: RunStore,
  { runId, ended, inlineResults }: AggregateResultsInput,
  { spec, plan }: PlannedRun,
  staged: StagedRun,
  sourceRecords: number,
  signal: AbortSignal,
): Promise<Written> {
  const file = store.writer(RESULTS_FILE)
  const rejected = new RejectedFiles(store, staged)
  const errors = new ErrorCounter()
  const lines = new ResultsCsvLines(spec.resultColumns, spec.escapeFormulas)
  const carried: RecordResult[] = []
  const carries = inlineResults && staged.records <= MAX_INLINE_RESULTS
  const counts = newCounts()
  const index = ended === 'completed' ? RecordIndex.for(store, staged) : undefined
  const parts = new ResultParts()
  let row = 0
  const takeRange = ({ batch, from, to }: RowRange<ResultBatch>): readonly ResultLine[] => {
    const parsed: ResultLine[] = []
    for (let at = from; at < to; at++) {
      row += 1
      const resultRow = batch.rows[at]
      if (resultRow !== row)
        throw new ResultsIncompleteError(runId, `record ${row} has no result, or record ${resultRow} has two`)
      const { outcome } = parts.read(batch, at)
      lines.addLine(batch, parts)
      counts[outcome] += 1
      index?.add(batch, at, parts)
      if (carries || !isSuccess({ outcome })) parsed.push(readChunkResult(recordText(batch, at)))
    }
    return parsed
  }
  try {
    await file.write(resultsHeader(spec.identityFields, spec.resultColumns))
    const unfinished = ended === 'completed' ? undefined : ended
    const streams = await resultStreams({ store, runId, plan, unfinished }, staged)
    for await (const ranges of mergeByRow(streams)) {
      for (const result of recordResults(ranges.flatMap(takeRange))) {
        if (carries) carried.push(result)
        if (isSuccess(result)) continue
        errors.add(result)
        // The source has no row of a missing record.
        if (result.row <= sourceRecords) await rejected.add(result)
      }
      await file.write(lines.take())
      await index?.flush()
    }
    if (row !== staged.records)
      throw new ResultsIncompleteError(runId, `${row} of ${staged.records} records have a result`)
    await file.finish()
    await index?.finish(plan, staged, signal)
    return { tally: tallyOf(counts), errors, files: await rejected.finish(), inline: carries ? carried : [] }
  } catch (error) {
    await file.discard()
    await index?.discard()
    await rejected.discard()
    throw error
  }
}

function reportOf(
  store: RunStore,
  { runId, ended, inlineResults }: AggregateResultsInput,
  run: PlannedRun,
  staged: StagedRun,
  { tally, errors, files, inline }: Written,
): RunReport {
  return {
    runId,
    // The most important facts come first: the Temporal UI shows the result in this order.
    outcome: ended === 'completed' ? completedOutcome(tally) : ended,
    ...earlierKey(run.spec.source),
    records: staged.records,
    tally,
    files: {
      results: `${store.location}/${RESULTS_FILE}`,
      ...files,
      report: `${store.location}/${REPORT_FILE}`,
    },
    errors: errors.counts(),
    ...reportFacts(run, staged),
    ...(inlineResults && inline.length > 0 ? { results: inline } : {}),
  }
}

/** What a comparison has found of all records; those that were rejected while they were staged count as rejected. */
function comparedOf(matched: MatchedRecords | undefined, { rejected }: StagedRun): ComparedReport | undefined {
  if (matched?.compared === undefined) return undefined
  const { verdicts, changedFields } = matched.compared
  return { verdicts: { ...verdicts, rejected: verdicts.rejected + rejected }, changedFields }
}

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
