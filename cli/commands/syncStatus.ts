import type { WorkflowType } from '../../packages/client/contract/names.ts'
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'
import { EncryptionKeyError } from '../../packages/client/encryption/keyRing.ts'
import { progressOf, standstillOf } from '../../packages/client/followRun.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { pausedText, resumeCommand } from '../../workflows/page/pausedText.ts'
import { columns, printJson } from '../columns.ts'
import { earlyEndError, printEarlyEnd } from '../endOfRun.ts'
import { type FoundRun, findRun, printUnread, timeText } from '../findRun.ts'
import { followPlan, followRun } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { countsText, durationText, STAGE_WORDS } from '../progress/progressText.ts'
import { STANDSTILL_LABELS, standstillText } from '../progress/standstillText.ts'
import { printReport } from '../report.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'
import { showPlan } from './syncPlan.ts'

type StatusOptions = SharedOptions & { readonly follow?: boolean }

export async function syncStatus(either: string, { json = false, follow, config }: StatusOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await findRun(temporal, either)
    const { runId, handle, unread } = found
    const { status, type } = found.description
    const isPlan = type === ('planRecords' satisfies WorkflowType)
    const run = { runId, workflowId: handle.workflowId }
    if (unread !== undefined) throw printUnread(found, unread, json)
    if (status.name !== 'RUNNING') {
      const report = await handle.result().catch((error: unknown) => {
        throw error instanceof EncryptionKeyError ? printUnread(found, error, json) : endedEarly(found, error, json)
      })
      if (isPlan) return showPlan(report as PlanReport, { json, ...present({ config }) })
      return printReport(report as RunReport, json)
    }
    if (follow && isPlan) return showPlan(await followPlan(temporal, run, json), { json, ...present({ config }) })
    if (follow) return followRun(temporal, run, json)
    await printProgress(temporal, found, json)
  }, config)
}

function endedEarly(found: FoundRun, failure: unknown, json: boolean): unknown {
  const error = earlyEndError(found, failure)
  printEarlyEnd(found, json, error instanceof Error ? error.message : String(error))
  return error
}

async function printProgress(temporal: TemporalAccess, found: FoundRun, json: boolean): Promise<void> {
  const { runId, handle, startedAt } = found
  const progress = await progressOf(handle).catch((error: unknown) => {
    if (error instanceof EncryptionKeyError) throw printUnread(found, error, json)
    return undefined
  })
  if (json) return printJson(progress ?? { runId })
  const rows = [
    ['Run', runId],
    ['Started', timeText(startedAt)],
  ]
  if (progress !== undefined) {
    rows.push(
      ['Stage', STAGE_WORDS[progress.stage]],
      ...pausedRow(progress),
      ...budgetRow(progress),
      ...stepRow(progress),
    )
    rows.push(['Records', recordsText(progress)])
  }
  const standstill = await standstillOf(handle)
  if (standstill !== undefined) rows.push([STANDSTILL_LABELS[standstill.cause], standstillText(standstill)])
  console.log(columns(rows))
  if (progress !== undefined) return
  const missing = await missingWorkers(temporal.client)
  console.error(
    isMissing(missing)
      ? missingWorkerLine(temporal, missing, ', so the run waits')
      : 'The worker did not report the progress; ask again.',
  )
}

const recordsText = (progress: SyncProgress): string =>
  countsText(progress, { perSecond: 0 }) || 'not known before the source has been read'

/** A paused run says how it continues. */
function pausedRow({ paused, runId }: SyncProgress): string[][] {
  return paused === undefined ? [] : [['Paused', `${pausedText(paused)}. Resume it: ${resumeCommand(runId)}`]]
}

function budgetRow({ overBudget }: SyncProgress): string[][] {
  return overBudget === undefined ? [] : [['Over budget', overBudget]]
}

/** What the run does now or waits for, and since when. */
function stepRow({ step }: SyncProgress): string[][] {
  if (step === undefined) return []
  const since = new Date(`${step.since}Z`)
  const seconds = Math.max(0, Date.now() - since.getTime()) / 1_000
  return [['Now', `${step.what}, since ${timeText(since)} (${durationText(seconds)})`]]
}
