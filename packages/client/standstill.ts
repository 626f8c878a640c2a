import type { WorkflowHandle } from '@temporalio/client'
import type { ErrorKind } from './contract/linkError.ts'
import { decodedPayload } from './encryption/dataConverter.ts'

/** Why a run makes no progress: a step that failed and is retried, or a source that it waits for. */
export type Standstill = {
  readonly cause: 'retry' | 'source'
  /** Message of the failure. */
  readonly reason: string
}

/** The step that waits for an ingest job. The progress shows it, so it is no standstill. */
const AWAIT_JOB = 'awaitJob'

/** undefined when no step waits. Never rejects. */
export async function standstillOf(handle: WorkflowHandle): Promise<Standstill | undefined> {
  const { raw } = await handle.describe().catch(() => ({ raw: undefined }))
  const { client } = handle
  for (const { activityType, lastFailure } of raw?.pendingActivities ?? []) {
    if (!lastFailure?.message) continue
    const [detail] = lastFailure.applicationFailureInfo?.details?.payloads ?? []
    const { kind } = (await decodedPayload<{ readonly kind?: ErrorKind }>(client, detail).catch(() => {})) ?? {}
    if (kind === 'waiting' && activityType?.name === AWAIT_JOB) continue
    // The message of an encrypted failure is in a payload.
    const encrypted = await decodedPayload<{ readonly message?: string }>(client, lastFailure.encodedAttributes).catch(
      () => {},
    )
    return { cause: kind === 'waiting' ? 'source' : 'retry', reason: encrypted?.message ?? lastFailure.message }
  }
  return undefined
}
