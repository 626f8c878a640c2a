// Why a run does not get ahead: what Temporal says of the steps that failed and will be tried again.
import type { WorkflowHandle } from '@temporalio/client'

/** The failure of waiting for an ingest job: no failure to anybody. */
const WAITING = 'JobNotEnded'

/** The reason, in the words of the failure; undefined when every step is at work. Never rejects. */
export async function tryingAgain(handle: WorkflowHandle): Promise<string | undefined> {
  const { raw } = await handle.describe().catch(() => ({ raw: undefined }))
  const failures = (raw?.pendingActivities ?? []).map(({ lastFailure }) => lastFailure)
  const failure = failures.find(found => found && found.applicationFailureInfo?.type !== WAITING)
  return failure?.message ?? undefined
}
