// Follows a run of a flow to its end: the progress of each of its runs, one after the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { type FlowRunName, PROGRESS_QUERY, runNameOf } from '../../packages/client/contract/names.ts'
import type { FlowPlan, FlowProgress, FlowReport } from '../../packages/client/contract/runFlow.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { earlyEndError, nextOf, printEarlyEnd } from '../endOfRun.ts'
import { detachOnInterrupt, resultOf, storedErrors, watchProgress } from '../follow.ts'
import { chooseView, type ProgressView } from '../progress/progressView.ts'
import { sourceNotes } from '../progress/sourceNotes.ts'
import { missingWorkerLine, type TemporalAccess } from '../temporal.ts'
import { findFlow } from './findFlow.ts'
import { endedLine, printFlowPlan, printFlowReport } from './flowText.ts'

/** Milliseconds between two queries of the progress. */
const INTERVAL = 1_000

/** The progress of a run of a flow. Needs a worker. */
export const flowProgress = (handle: WorkflowHandle): Promise<FlowProgress> =>
  handle.query<FlowProgress>(PROGRESS_QUERY)

/** Shows the progress until the flow ends, and prints its report. Throws why it ended early, and CommandError when the user detaches. */
export async function followFlow(temporal: TemporalAccess, run: FlowRunName, json: boolean): Promise<void> {
  const { runId } = run
  const ended = new AbortController()
  const detach = detachOnInterrupt(
    `Detached; the flow continues. Reattach: sflink flow status ${runId} --follow. Stop it: sflink flow cancel ${runId}`,
  )
  const view = chooseView(process.stderr, json)
  const remedy = `sflink flow status ${runId} --follow`
  const result = resultOf<FlowReport | FlowPlan>(temporal, run, { note: view.note, signal: ended.signal, remedy })
  void watchSyncs(temporal, run, { view, json }, ended.signal)
  const end = await Promise.race([result, detach.detached]).then(
    report => ({ report }),
    (error: unknown) => ({ error }),
  )
  result.catch(() => {})
  ended.abort()
  detach.stop()
  view.end()
  if ('error' in end) throw await earlyEnd(temporal, runId, json, end.error)
  await printFlow(temporal, end.report, json)
}

/** Prints a report, with what a person can do next. */
export async function printFlow(temporal: TemporalAccess, report: FlowReport | FlowPlan, json: boolean): Promise<void> {
  if ('verdicts' in report) return printFlowPlan(report, json)
  if (json) return printFlowReport(report, json, [])
  const syncs = await Promise.all(
    report.syncs.map(async one => ({ ...one, report: { ...one.report, errors: await storedErrors(one.report) } })),
  )
  printFlowReport({ ...report, syncs }, json, nextOf(await findFlow(temporal, report.runId)))
}

async function earlyEnd(temporal: TemporalAccess, runId: string, json: boolean, error: unknown): Promise<unknown> {
  if (!(error instanceof WorkflowFailedError)) return error
  const found = await findFlow(temporal, runId)
  if (!json) printEarlyEnd(found, json, '')
  return earlyEndError(found, error)
}

/** Shows which sync runs, and its progress, until the signal aborts. Never rejects. */
async function watchSyncs(
  temporal: TemporalAccess,
  { workflowId }: FlowRunName,
  { view, json }: { readonly view: ProgressView; readonly json: boolean },
  signal: AbortSignal,
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(workflowId)
  const note = (line: string) => {
    if (!json) view.note(line)
  }
  const said = new Set<string>()
  let watch = new AbortController()
  let isMissingSaid = false
  while (!signal.aborted) {
    const progress = await flowProgress(handle).catch(() => undefined)
    if (progress === undefined && !isMissingSaid) isMissingSaid = await noteMissing(temporal, view)
    const { syncs = [] } = progress ?? {}
    for (const [index, sync] of signal.aborted ? [] : syncs.entries()) {
      const { runId, state } = sync
      const line = state === 'running' ? `${index + 1} of ${syncs.length}: ${sync.sync}, run ${runId}` : endedLine(sync)
      if (state === 'waiting' || said.has(line)) continue
      said.add(line)
      watch.abort()
      view.restart()
      note(line)
      if (state !== 'running') continue
      watch = new AbortController()
      const shown = { note: view.note, update: view.update, source: sourceNotes(note) }
      void watchProgress(temporal, runNameOf(runId), shown, watch.signal)
    }
    await sleep(INTERVAL, undefined, { signal }).catch(() => {})
  }
  watch.abort()
}

/** Returns whether it has said that workers are missing. */
async function noteMissing(temporal: TemporalAccess, view: ProgressView): Promise<boolean> {
  const workers = await missingWorkers(temporal.client).catch(() => undefined)
  if (workers === undefined || !isMissing(workers)) return false
  view.note(missingWorkerLine(temporal, workers, ', so the run waits'))
  return true
}
