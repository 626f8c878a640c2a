// Follows a run to its end, and prints its progress.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError } from '@temporalio/client'
import { parseJson } from '../loader/http/body.ts'
import { EMPTY_TALLY } from '../loader/results/tally.ts'
import type { RunName } from '../packages/client/contract/names.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import { type RunReport, runReportSchema } from '../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../packages/client/contract/syncRecords.ts'
import { lastProgress, type Standstill, followRun as watchRun } from '../packages/client/followRun.ts'
import { pausedText, resumeCommand } from '../workflows/page/pausedText.ts'
import { CommandError, EXIT } from './commandError.ts'
import { earlyEndError, printEarlyEnd } from './endOfRun.ts'
import { findRun, runNotFound } from './findRun.ts'
import { chooseView, type ProgressView } from './progress/progressView.ts'
import { sourceNotes } from './progress/sourceNotes.ts'
import { standstillLine } from './progress/standstillText.ts'
import { printReport } from './report.ts'
import { isAway, missingWorkerLine, type TemporalAccess } from './temporal.ts'

/**
 * Shows the progress until the run ends, and then its report. Throws what `watch` throws, and why a run ended early.
 * @param opening lines before the progress
 */
export async function followRun(
  temporal: TemporalAccess,
  run: RunName,
  json: boolean,
  opening: readonly string[] = [],
): Promise<void> {
  const report = await watch<RunReport>(temporal, run, {
    json,
    opening,
    last: lastProgress,
    shown: progress => progress,
  })
  printReport(json ? report : { ...report, errors: await storedErrors(report) }, json)
}

/** Shows the progress until the plan is made, and returns it. Throws what `watch` throws, and why it ended early. */
export function followPlan(temporal: TemporalAccess, run: RunName, json: boolean): Promise<PlanReport> {
  return watch<PlanReport>(temporal, run, { json, opening: [], last: lastOfPlan, shown: withoutCounts })
}

/** A plan settles no records: only its stages are shown. */
const withoutCounts = (progress: SyncProgress): SyncProgress => ({ ...progress, records: 0 })

const lastOfPlan = ({ runId }: PlanReport): SyncProgress => ({
  ...{ runId, stage: 'done', records: 0, settled: 0, chunks: 0, chunksDone: 0 },
  ...EMPTY_TALLY,
})

/** The examples with the values of records, which Temporal does not get, if the run store is on this machine. */
export async function storedErrors({ errors, files }: RunReport): Promise<RunReport['errors']> {
  const text = await readFile(files.report, 'utf8').catch(() => undefined)
  const stored = text === undefined ? undefined : runReportSchema.safeParse(parseJson(text))
  return stored?.success ? stored.data.errors : errors
}

type Watching<Report> = {
  readonly json: boolean
  /** Lines before the progress. */
  readonly opening: readonly string[]
  /** The progress of a run with this report. */
  readonly last: (report: Report) => SyncProgress
  /** What is shown of the progress. */
  readonly shown: (progress: SyncProgress) => SyncProgress
}

/** Shows the progress until the run ends. Throws why it ended early, and CommandError when the run store has no such run. */
async function watch<Report extends RunReport | PlanReport>(
  temporal: TemporalAccess,
  run: RunName,
  watching: Watching<Report>,
): Promise<Report> {
  try {
    return await watchToEnd(temporal, run, watching)
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw runNotFound(error, run.runId, temporal)
    const found = await findRun(temporal, run.workflowId)
    if (!watching.json) printEarlyEnd(found, watching.json, '')
    throw earlyEndError(found, error)
  }
}

/**
 * Shows the progress until the run ends. Throws WorkflowFailedError, and CommandError when the user detaches by Ctrl-C or Temporal does
 * not answer for long; the run itself continues then.
 */
async function watchToEnd<Report extends RunReport | PlanReport>(
  temporal: TemporalAccess,
  { runId, workflowId }: RunName,
  { json, opening, last, shown }: Watching<Report>,
): Promise<Report> {
  const ended = new AbortController()
  const detach = detachOnInterrupt(detachedLine(runId))
  for (const line of opening) console.error(line)
  const view = chooseView(process.stderr, json)
  const remedy = `sflink sync status ${runId} --follow`
  const result = resultOf<Report>(temporal, { runId, workflowId }, { note: view.note, signal: ended.signal, remedy })
  // A program finds these facts in the report.
  const source = sourceNotes(line => {
    if (!json) view.note(line)
  })
  const watching = { note: view.note, source, update: (progress: SyncProgress) => view.update(shown(progress)) }
  void watchProgress(temporal, { runId, workflowId }, watching, ended.signal)
  try {
    const report = await Promise.race([result, detach.detached])
    // A short run may end before the first query of its progress.
    source.note({ reading: report.reading })
    view.update(last(report))
    return json ? report : { ...report, warnings: source.unsaid(report.warnings) }
  } catch (error) {
    result.catch(() => {})
    throw error
  } finally {
    ended.abort()
    detach.stop()
    view.end()
  }
}

type Shown = Pick<ProgressView, 'note' | 'update'> & { readonly source: ReturnType<typeof sourceNotes> }

/** Shows the progress of a run, and what it waits for, until the signal aborts. Never rejects. */
export function watchProgress(
  temporal: TemporalAccess,
  { runId, workflowId }: RunName,
  { note, update, source }: Shown,
  signal: AbortSignal,
): Promise<void> {
  const pauses = pauseNotes(runId, note)
  const waits = budgetNotes(note)
  const observer = {
    progress(progress: SyncProgress) {
      source.note({ ...progress, reading: progress.reading })
      pauses(progress)
      waits(progress)
      update(progress)
    },
    standstill: (standstill: Standstill) => note(standstillLine(standstill)),
    missing: (workers: Parameters<typeof missingWorkerLine>[1]) =>
      note(missingWorkerLine(temporal, workers, ', so the run waits')),
  }
  return watchRun(temporal.client, workflowId, observer, { signal })
}

/** Says once that the run is paused, and once that it continues. */
function pauseNotes(runId: string, note: (line: string) => void): (progress: Pick<SyncProgress, 'paused'>) => void {
  let said: string | undefined
  return ({ paused }) => {
    if (paused?.since === said) return
    said = paused?.since
    note(
      paused === undefined
        ? 'The run continues'
        : `The run is paused ${pausedText(paused)}: chunks in progress are settled, no other chunk is sent. Resume it: ${resumeCommand(runId)}`,
    )
  }
}

/** Says what the run waits for while it is over the budget of its org, when that changes. */
function budgetNotes(note: (line: string) => void): (progress: Pick<SyncProgress, 'overBudget'>) => void {
  let said: string | undefined
  return ({ overBudget }) => {
    if (overBudget === undefined || overBudget === said) return
    said = overBudget
    note(`Over the budget of the org: ${overBudget}`)
  }
}

/** Milliseconds that Temporal may be away before the command gives up, and between two attempts to reach it. */
const AWAY = 120_000
const RETRY_INTERVAL = 2_000
/** Milliseconds. An attempt that took longer was connected until then. */
const LONGEST_ATTEMPT = 60_000

type Following = {
  note(line: string): void
  readonly signal: AbortSignal
  /** The command that reattaches. */
  readonly remedy: string
}

/** The report of the run, also when Temporal is away for a while: the run does not depend on this command. */
export async function resultOf<Report>(
  { client, address }: TemporalAccess,
  { runId, workflowId }: RunName,
  { note, signal, remedy }: Following,
): Promise<Report> {
  let awaySince: number | undefined
  for (;;) {
    const asked = Date.now()
    try {
      return (await client.workflow.getHandle(workflowId).result()) as Report
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error
      if (awaySince === undefined || Date.now() - asked > LONGEST_ATTEMPT) {
        note(`Temporal at ${address} does not answer; the run ${runId} is not affected. Waiting for Temporal`)
        awaySince = Date.now()
      }
      if (Date.now() - awaySince > AWAY) throw unknownEnd(runId, address, remedy)
      await sleep(RETRY_INTERVAL)
    }
  }
}

function unknownEnd(runId: string, address: string, remedy: string): CommandError {
  return new CommandError(
    `Temporal at ${address} does not answer, so the end of the run ${runId} is not known. The run did not fail: its worker continues it when Temporal is back. ` +
      `Do not start it again; reattach: ${remedy}`,
    EXIT.noTemporal,
  )
}

type Detach = { readonly detached: Promise<never>; stop(): void }

export function detachOnInterrupt(line: string): Detach {
  const { promise, reject } = Promise.withResolvers<never>()
  const onInterrupt = () => reject(new CommandError(line, EXIT.detached))
  promise.catch(() => {})
  process.once('SIGINT', onInterrupt)
  return { detached: promise, stop: () => process.off('SIGINT', onInterrupt) }
}

function detachedLine(runId: string): string {
  return `Detached; the run continues. Reattach: sflink sync status ${runId} --follow. Stop it: sflink sync cancel ${runId}`
}
