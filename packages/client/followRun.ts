import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, WorkflowHandle } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import type { ErrorKind } from './contract/linkError.ts'
import { PROGRESS_QUERY, TASK_QUEUE } from './contract/names.ts'
import type { RunReport } from './contract/runReport.ts'
import type { SyncProgress } from './contract/syncRecords.ts'
import { decodedPayload } from './encryption/encryptionCodec.ts'
import { isMissing, type MissingWorkers, missingWorkers } from './missingWorkers.ts'

/** Milliseconds between two queries of the progress. */
const INTERVAL = 1_000

/** Receives what happens to a run. */
export type RunObserver = {
  progress(progress: SyncProgress): void
  /** Called when the run makes no progress for a new reason. */
  standstill(standstill: Standstill): void
  /** Called once each time that workers are missing. */
  missing(workers: MissingWorkers): void
}

/** Reports the progress of a run until the run ends or the signal aborts, then resolves. Never rejects. */
export async function followRun(
  client: Client,
  workflowId: string,
  observer: RunObserver,
  { signal, taskQueue = TASK_QUEUE }: QueueOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId)
  const watch = workerWatch(() => missingWorkers(client, taskQueue, signal), observer)
  void watch.check()
  let reported: string | undefined
  while (!signal.aborted) {
    // Without a worker there is no answer; the next query may get one.
    const progress = await progressOf(handle).catch(() => undefined)
    if (signal.aborted) return
    if (progress === undefined) await watch.check()
    else {
      watch.answered()
      observer.progress(progress)
    }
    const standstill = await standstillOf(handle)
    if (signal.aborted) return
    if (standstill !== undefined && standstill.reason !== reported) observer.standstill(standstill)
    reported = standstill?.reason
    await sleep(INTERVAL, undefined, { signal }).catch(() => {})
  }
}

/** The progress of a run. Needs a worker. */
export function progressOf(handle: WorkflowHandle): Promise<SyncProgress> {
  return handle.query<SyncProgress>(PROGRESS_QUERY)
}

/** The answer of the progress query after the end of a run. */
export function lastProgress({ runId, records, tally }: RunReport): SyncProgress {
  const settled = Object.values(tally).reduce((sum, count) => sum + count, 0)
  return { runId, stage: 'done', records, settled, ...tally, chunks: 0, chunksDone: 0 }
}

type WorkerWatch = { check(): Promise<void>; answered(): void }

/** Reports missing workers once each time that they go missing. */
function workerWatch(find: () => Promise<MissingWorkers>, observer: RunObserver): WorkerWatch {
  let isReported = false
  let hasBegun = false
  return {
    async check() {
      if (isReported) return
      const { roles, ...idle } = await find()
      // A run that has begun stays with its build, current or not.
      const missing = hasBegun ? { roles } : { roles, ...idle }
      if (!isMissing(missing) || isReported) return
      isReported = true
      observer.missing(missing)
    },
    answered() {
      isReported = false
      hasBegun = true
    },
  }
}

/** Why a run makes no progress: a step that failed and is retried, one whose worker is gone, or a source that it waits for. */
export type Standstill = {
  readonly cause: 'retry' | 'worker' | 'source'
  /** Message of the failure. */
  readonly reason: string
  /** Name of the step, such as `uploadChunk`. */
  readonly step: string
  /** The next attempt, or the one in progress. */
  readonly attempt: number
  /** When the next attempt starts; absent while it is in progress. */
  readonly nextAt?: Date
}

/** The step that waits for an ingest job. The progress shows it, so it is not a standstill. */
const AWAIT_JOB = 'awaitJob'

/** undefined when no step waits. Never rejects. */
export async function standstillOf(handle: WorkflowHandle): Promise<Standstill | undefined> {
  const { raw } = await handle.describe().catch(() => ({ raw: undefined }))
  const { client } = handle
  for (const { activityType, attempt = 1, lastFailure, nextAttemptScheduleTime } of raw?.pendingActivities ?? []) {
    if (!lastFailure?.message) continue
    const [detail] = lastFailure.applicationFailureInfo?.details?.payloads ?? []
    const { kind } = (await decodedPayload<{ readonly kind?: ErrorKind }>(client, detail).catch(() => {})) ?? {}
    if (kind === 'waiting' && activityType?.name === AWAIT_JOB) continue
    // The message of an encrypted failure is in a payload.
    const encrypted = await decodedPayload<{ readonly message?: string }>(client, lastFailure.encodedAttributes).catch(
      () => {},
    )
    const next = Number(nextAttemptScheduleTime?.seconds ?? 0)
    return {
      cause: causeOf(kind, lastFailure.timeoutFailureInfo != null),
      reason: encrypted?.message ?? lastFailure.message,
      step: activityType?.name ?? '',
      attempt: attempt ?? 1,
      ...(next === 0 ? {} : { nextAt: new Date(next * 1_000) }),
    }
  }
  return undefined
}

function causeOf(kind: ErrorKind | undefined, isTimeout: boolean): Standstill['cause'] {
  if (isTimeout) return 'worker'
  return kind === 'waiting' ? 'source' : 'retry'
}
