// Follows a run to its end.

import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import type { RunName } from '../packages/client/contract/names.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../packages/client/contract/syncRecords.ts'
import { CommandError } from './commandError.ts'
import { EXIT } from './exitCodes.ts'
import { readableFailure } from './failure.ts'
import type { ProgressView } from './progress/progressView.ts'
import type { TemporalAccess } from './temporal.ts'
import { tryingAgain } from './tryingAgain.ts'
import { isMissing, missingWorkerLine, missingWorkers } from './workerWatch.ts'

/** Milliseconds between two looks at the progress. */
const INTERVAL = 1_000

/**
 * Shows the progress until the run ends. Throws CommandError with the run's failure, or when the user detaches by Ctrl-C;
 * the run itself goes on then.
 */
export async function followRun(
  temporal: TemporalAccess,
  { runId, workflowId }: RunName,
  view: ProgressView,
): Promise<RunReport> {
  const handle = temporal.client.workflow.getHandle(workflowId)
  const ended = new AbortController()
  const detach = detachOnInterrupt(runId)
  const result = handle.result() as Promise<RunReport>
  const missing = missingWorkerNote(temporal, view, ended.signal)
  void missing.look()
  void watchProgress(handle, view, missing, ended.signal)
  try {
    const report = await Promise.race([result, detach.detached])
    view.update(lastProgress(report))
    return report
  } catch (error) {
    result.catch(() => {})
    throw readableFailure(error, `The run ${runId}`)
  } finally {
    ended.abort()
    detach.stop()
    view.end()
  }
}

/** What the progress query would answer now. */
function lastProgress({ runId, records, tally }: RunReport): SyncProgress {
  const settled = tally.created + tally.updated + tally.failed + tally.inDoubt
  return { runId, stage: 'done', records, settled, ...tally, chunks: 0, chunksDone: 0 }
}

async function watchProgress(
  handle: WorkflowHandle,
  view: ProgressView,
  missing: MissingWorkerNote,
  signal: AbortSignal,
): Promise<void> {
  let told: string | undefined
  while (!signal.aborted) {
    // Without a worker there is no answer; the next look may find one.
    const progress = await handle.query<SyncProgress>('progress').catch(() => undefined)
    if (signal.aborted) return
    if (progress === undefined) await missing.look()
    else {
      missing.isBack()
      view.update(progress)
    }
    const standstill = await tryingAgain(handle)
    if (signal.aborted) return
    const reason = standstill?.reason
    if (standstill !== undefined && reason !== told) view.note(`${standstill.word}: ${reason}`)
    told = reason
    await sleep(INTERVAL, undefined, { signal }).catch(() => {})
  }
}

type MissingWorkerNote = { look(): Promise<void>; isBack(): void }

/** Tells of a missing worker once each time it goes missing. */
function missingWorkerNote(temporal: TemporalAccess, view: ProgressView, signal: AbortSignal): MissingWorkerNote {
  let isTold = false
  let isBegun = false
  return {
    async look() {
      if (isTold) return
      const { roles, ...idle } = await missingWorkers(temporal, signal)
      // A run that has begun stays with its build, current or not.
      const missing = isBegun ? { roles } : { roles, ...idle }
      if (!isMissing(missing) || isTold) return
      isTold = true
      view.note(missingWorkerLine(temporal, missing, ', so the run waits'))
    },
    isBack() {
      isTold = false
      isBegun = true
    },
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
  return `Detached; the run goes on. Come back: sflink sync status ${runId} --follow. Stop it: sflink sync cancel ${runId}`
}
