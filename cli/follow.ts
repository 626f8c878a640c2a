// Follows a run to its end, and prints its progress.
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError } from '@temporalio/client'
import type { RunName } from '../packages/client/contract/names.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { lastProgress, type Standstill, followRun as watchRun } from '../packages/client/followRun.ts'
import { CommandError, EXIT } from './commandError.ts'
import { earlyEndError, printEarlyEnd } from './endOfRun.ts'
import { findRun, runNotFound } from './findRun.ts'
import { chooseView } from './progress/progressView.ts'
import { standstillLine } from './progress/standstillText.ts'
import { printReport } from './report.ts'
import { isAway, missingWorkerLine, type TemporalAccess } from './temporal.ts'

/** Shows the progress until the run ends, and then its report. Throws what `watch` throws, and why a run ended early. */
export async function followRun(temporal: TemporalAccess, run: RunName, json: boolean): Promise<void> {
  try {
    printReport(await watch(temporal, run, json), json)
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw runNotFound(error, run.runId, temporal)
    const found = await findRun(temporal, run.workflowId)
    if (!json) printEarlyEnd(found, json, '')
    throw earlyEndError(found, error)
  }
}

/**
 * Shows the progress until the run ends. Throws WorkflowFailedError, and CommandError when the user detaches by Ctrl-C or Temporal does
 * not answer for long; the run itself continues then.
 */
async function watch(temporal: TemporalAccess, { runId, workflowId }: RunName, json: boolean): Promise<RunReport> {
  const view = chooseView(process.stderr, json)
  const ended = new AbortController()
  const detach = detachOnInterrupt(runId)
  const result = resultOf(temporal, { runId, workflowId }, view.note)
  const observer = {
    progress: view.update,
    standstill: (standstill: Standstill) => view.note(standstillLine(standstill)),
    missing: (workers: Parameters<typeof missingWorkerLine>[1]) =>
      view.note(missingWorkerLine(temporal, workers, ', so the run waits')),
  }
  void watchRun(temporal.client, workflowId, observer, { signal: ended.signal })
  try {
    const report = await Promise.race([result, detach.detached])
    view.update(lastProgress(report))
    return report
  } catch (error) {
    result.catch(() => {})
    throw error
  } finally {
    ended.abort()
    detach.stop()
    view.end()
  }
}

/** Milliseconds that Temporal may be away before the command gives up, and between two attempts to reach it. */
const AWAY = 120_000
const RETRY_INTERVAL = 2_000

/** The report of the run, also when Temporal is away for a while: the run does not depend on this command. */
async function resultOf(
  { client, address }: TemporalAccess,
  { runId, workflowId }: RunName,
  note: (line: string) => void,
): Promise<RunReport> {
  const reattach = `sflink sync status ${runId} --follow`
  let awaySince: number | undefined
  for (;;) {
    try {
      return (await client.workflow.getHandle(workflowId).result()) as RunReport
    } catch (error) {
      if (!isAway(error)) throw error
      if (awaySince === undefined)
        note(`Temporal at ${address} does not answer; the run ${runId} is not affected. Waiting for Temporal`)
      awaySince ??= Date.now()
      if (Date.now() - awaySince > AWAY) {
        throw new CommandError(
          `Temporal at ${address} does not answer, so the end of the run ${runId} is not known. The run did not fail: its worker continues it when Temporal is back. ` +
            `Do not start it again; reattach: ${reattach}`,
          EXIT.unknownEnd,
        )
      }
      await sleep(RETRY_INTERVAL)
    }
  }
}

type Detach = { readonly detached: Promise<never>; stop(): void }

function detachOnInterrupt(runId: string): Detach {
  const { promise, reject } = Promise.withResolvers<never>()
  const onInterrupt = () => reject(new CommandError(detachedLine(runId), EXIT.detached))
  promise.catch(() => {})
  process.once('SIGINT', onInterrupt)
  return { detached: promise, stop: () => process.off('SIGINT', onInterrupt) }
}

function detachedLine(runId: string): string {
  return `Detached; the run continues. Reattach: sflink sync status ${runId} --follow. Stop it: sflink sync cancel ${runId}`
}
