// Follows a run to its end, and prints its progress.
import type { RunName } from '../packages/client/contract/names.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { failureOf } from '../packages/client/failure.ts'
import { lastProgress, type Standstill, followRun as watchRun } from '../packages/client/followRun.ts'
import { CommandError, EXIT } from './commandError.ts'
import { chooseView } from './progress/progressView.ts'
import { missingWorkerLine, type TemporalAccess } from './temporal.ts'

export const STANDSTILL_WORDS: Readonly<Record<Standstill['cause'], string>> = {
  retry: 'Trying again',
  source: 'Waiting',
}

/**
 * Shows the progress until the run ends. Throws the failure of the run, and CommandError when the user detaches by Ctrl-C; the run
 * itself continues then.
 */
export async function followRun(
  temporal: TemporalAccess,
  { runId, workflowId }: RunName,
  json: boolean,
): Promise<RunReport> {
  const view = chooseView(process.stderr, json)
  const ended = new AbortController()
  const detach = detachOnInterrupt(runId)
  const result = temporal.client.workflow.getHandle(workflowId).result() as Promise<RunReport>
  const observer = {
    progress: view.update,
    standstill: ({ cause, reason }: Standstill) => view.note(`${STANDSTILL_WORDS[cause]}: ${reason}`),
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
    throw failureOfRun(error, { runId, workflowId })
  } finally {
    ended.abort()
    detach.stop()
    view.end()
  }
}

/** The failure of a run's workflow as the user reads it. */
export function failureOfRun(error: unknown, { runId, workflowId }: RunName): unknown {
  return failureOf(error, { workflowId, subject: `The run ${runId}`, remedy: '' })
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
