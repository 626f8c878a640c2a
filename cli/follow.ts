// Follows a run to its end, and prints its progress.
import type { RunName } from '../packages/client/contract/names.ts'
import type { RunReport, SourceReading } from '../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../packages/client/contract/syncRecords.ts'
import { failureOf } from '../packages/client/failure.ts'
import { lastProgress, type Standstill, followRun as watchRun } from '../packages/client/followRun.ts'
import { readingText } from '../workflows/page/sourceReading.ts'
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
  const source = sourceNotes(line => view.note(line))
  const observer = {
    progress(progress: SyncProgress) {
      source.note({ ...progress, reading: progress.reading })
      view.update(progress)
    },
    standstill: ({ cause, reason }: Standstill) => view.note(`${STANDSTILL_WORDS[cause]}: ${reason}`),
    missing: (workers: Parameters<typeof missingWorkerLine>[1]) =>
      view.note(missingWorkerLine(temporal, workers, ', so the run waits')),
  }
  void watchRun(temporal.client, workflowId, observer, { signal: ended.signal })
  try {
    const report = await Promise.race([result, detach.detached])
    // A short run may end before the first query of its progress.
    source.note({ reading: report.reading })
    view.update(lastProgress(report))
    return json ? report : { ...report, warnings: source.unsaid(report.warnings) }
  } catch (error) {
    result.catch(() => {})
    throw failureOfRun(error, { runId, workflowId })
  } finally {
    ended.abort()
    detach.stop()
    view.end()
  }
}

type SourceFacts = { readonly reading: SourceReading | undefined; readonly warnings?: readonly string[] }

/** Says once how the source was read, and what is to be known before its records are sent. */
function sourceNotes(write: (line: string) => void) {
  const said = new Set<string>()
  const once = (line: string) => {
    if (!said.has(line)) write(line)
    said.add(line)
  }
  return {
    note({ reading, warnings = [] }: SourceFacts) {
      if (reading !== undefined) once(readingText(reading))
      for (const warning of warnings) once(warning)
    },
    unsaid: (warnings: readonly string[]) => warnings.filter(warning => !said.has(warning)),
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
