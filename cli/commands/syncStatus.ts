import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { EncryptionKeyError } from '../../packages/client/encryption/keyRing.ts'
import { progressOf, standstillOf } from '../../packages/client/followRun.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { columns, printJson } from '../columns.ts'
import { type FoundRun, findRun, printUnread, timeText } from '../findRun.ts'
import { failureOfRun, followRun, STANDSTILL_WORDS } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { countsText, STAGE_WORDS } from '../progress/progressText.ts'
import { printReport } from '../report.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'

type StatusOptions = SharedOptions & { readonly follow?: boolean }

export async function syncStatus(either: string, { json = false, follow, config }: StatusOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await findRun(temporal, either)
    const { runId, handle, unread } = found
    const { status } = found.description
    const run = { runId, workflowId: handle.workflowId }
    if (unread !== undefined) throw printUnread(found, unread, json)
    if (status.name !== 'RUNNING') {
      const report = await handle.result().catch((error: unknown) => {
        throw error instanceof EncryptionKeyError ? printUnread(found, error, json) : failureOfRun(error, run)
      })
      return printReport(report as RunReport, json)
    }
    if (follow) return printReport(await followRun(temporal, run, json), json)
    await printProgress(temporal, found, json)
  }, config)
}

async function printProgress(temporal: TemporalAccess, found: FoundRun, json: boolean): Promise<void> {
  const { runId, handle, description } = found
  const progress = await progressOf(handle).catch((error: unknown) => {
    if (error instanceof EncryptionKeyError) throw printUnread(found, error, json)
    return undefined
  })
  if (json) return printJson(progress ?? { runId })
  const rows = [
    ['Run', runId],
    ['Started', timeText(description.startTime)],
  ]
  if (progress !== undefined)
    rows.push(['Stage', STAGE_WORDS[progress.stage]], ['Records', countsText(progress, { perSecond: 0 })])
  const standstill = await standstillOf(handle)
  if (standstill !== undefined) rows.push([STANDSTILL_WORDS[standstill.cause], standstill.reason])
  console.log(columns(rows))
  if (progress !== undefined) return
  const missing = await missingWorkers(temporal.client)
  console.error(
    isMissing(missing)
      ? missingWorkerLine(temporal, missing, ', so the run waits')
      : 'The worker did not report the progress; ask again.',
  )
}
