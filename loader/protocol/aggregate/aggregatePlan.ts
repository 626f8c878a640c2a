import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { SkippedRun } from '../../../packages/client/contract/runReport.ts'
import { VERDICTS } from '../../../packages/client/contract/verdicts.ts'
import { CollectedBytes } from '../../csv/collectedBytes.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { mergeByRow, type RowRange } from '../../results/mergeByRow.ts'
import { PLAN_COLUMNS, planHeader } from '../../results/planLines.ts'
import { PlanLineReader } from '../../results/readPlanLine.ts'
import type { ResultBatch } from '../../results/resultBatch.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { PLAN_CSV_FILE, PLAN_REPORT_FILE, PLANNED_FILE } from '../layout.ts'
import {
  type PlannedRun,
  readJsonIfThere,
  readPlan,
  readSpec,
  readStaged,
  requireRun,
  type StagedRun,
  writeJson,
} from '../runRecords.ts'
import { type MatchedRecords, withMissing } from '../staged.ts'
import { withMissingReport } from './missingReport.ts'
import { planStreams } from './planStreams.ts'
import { PlanSummary, type SummaryOfPlan } from './planSummary.ts'
import { reportFacts } from './reportFacts.ts'
import { ResultsIncompleteError } from './resultsIncompleteError.ts'

export type AggregatePlanInput = { readonly runId: string }

/** Merges the verdicts of all records in source order into plan.csv, exactly one line per source record, and writes the report. */
export async function aggregatePlan(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId }: AggregatePlanInput,
  step: Step,
): Promise<PlanReport> {
  const store = runStore(runId)
  const run = await readPlan(store)
  const source = await readStaged(store)
  if (source === undefined) throw new ResultsIncompleteError(runId, 'its source was never staged')
  const matched = await readJsonIfThere<MatchedRecords>(store, PLANNED_FILE)
  const staged = withMissing(source, matched)
  step.heartbeat({ aggregating: staged.records })
  const summary = await writePlan(store, runId, run, staged)
  const report = withMissingReport(reportOf(store, runId, run, staged, summary), { store, run, matched, isPlan: true })
  await writeJson(store, PLAN_REPORT_FILE, report)
  await requireRun(store)
  return report
}

async function writePlan(
  store: RunStore,
  runId: string,
  { spec, plan }: PlannedRun,
  staged: StagedRun,
): Promise<SummaryOfPlan> {
  const file = store.writer(PLAN_CSV_FILE)
  const reader = new PlanLineReader(plan)
  const summary = new PlanSummary(reader)
  const lines = spec.plan.values ? new WholeLines() : new LinesWithoutValues(reader)
  let row = 0
  try {
    await file.write(spec.plan.values ? planHeader(plan) : csvLine([...PLAN_COLUMNS, ...plan.identityFields]))
    for await (const ranges of mergeByRow(planStreams(store, plan, staged))) {
      for (const range of ranges) {
        for (let at = range.from; at < range.to; at++) {
          row += 1
          const planned = range.batch.rows[at]
          if (planned !== row)
            throw new ResultsIncompleteError(runId, `record ${row} has no verdict, or record ${planned} has two`)
          summary.add(range.batch, at)
        }
        lines.addRange(range)
      }
      await file.write(lines.take())
    }
    if (row !== staged.records)
      throw new ResultsIncompleteError(runId, `${row} of ${staged.records} records have a verdict`)
    await file.finish()
    return summary.result()
  } catch (error) {
    await file.discard()
    throw error
  }
}

class WholeLines extends CollectedBytes {
  addRange({ batch: { bytes, starts }, from, to }: RowRange<ResultBatch>): void {
    this.copy(bytes.subarray(starts[from], starts[to]))
  }

  protected copy(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.length)
    this.length += bytes.length
  }
}

/** Lines that end after the identity fields. */
class LinesWithoutValues extends WholeLines {
  readonly #reader: PlanLineReader

  constructor(reader: PlanLineReader) {
    super()
    this.#reader = reader
  }

  override addRange({ batch, from, to }: RowRange<ResultBatch>): void {
    for (let at = from; at < to; at++) {
      this.copy(batch.bytes.subarray(batch.starts[at], this.#reader.valuesAt(batch, at)))
      this.add('\n')
    }
  }
}

function reportOf(
  store: RunStore,
  runId: string,
  run: PlannedRun,
  staged: StagedRun,
  { verdicts, changedFields, errors, changes }: SummaryOfPlan,
): PlanReport {
  return {
    runId,
    // The most important facts come first: the Temporal UI shows the result in this order.
    outcome: 'planned',
    records: staged.records,
    verdicts,
    changedFields,
    files: { plan: `${store.location}/${PLAN_CSV_FILE}`, report: `${store.location}/${PLAN_REPORT_FILE}` },
    errors,
    ...reportFacts(run, staged),
    ...(run.spec.plan.values ? { changes } : {}),
  }
}

export type ReportSkippedPlanInput = {
  readonly runId: string
  readonly skipped: SkippedRun
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/** Writes the report of a plan that has nothing to load, and why. */
export async function reportSkippedPlan(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId, skipped, startedAt }: ReportSkippedPlanInput,
): Promise<PlanReport> {
  const store = runStore(runId)
  const { connection, object, operation } = await readSpec(store)
  const report: PlanReport = {
    ...{ runId, outcome: 'skipped', skipped, records: 0, verdicts: NONE, changedFields: [] },
    files: { report: `${store.location}/${PLAN_REPORT_FILE}` },
    ...{ errors: [], connection, object, operation },
    startedAt: utcTimestamp(startedAt),
    finishedAt: utcTimestamp(Date.now()),
    warnings: [],
  }
  await writeJson(store, PLAN_REPORT_FILE, report)
  return report
}

const NONE = Object.fromEntries(VERDICTS.map(verdict => [verdict, 0])) as PlanReport['verdicts']
