// Why a run does not get ahead: what Temporal says of the steps that failed and will be tried again.
import type { WorkflowHandle } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'

/** The failure of waiting for an ingest job: no failure to anybody, and the progress tells it. */
const JOB_AWAITED = 'JobNotEnded'
/** The failure of waiting for a source: no failure either. */
const SOURCE_AWAITED = 'SourceAwaited'

export type Standstill = {
  readonly word: 'Trying again' | 'Waiting'
  /** In the words of the failure. */
  readonly reason: string
}

/** undefined when every step is at work. Never rejects. */
export async function tryingAgain(handle: WorkflowHandle): Promise<Standstill | undefined> {
  const { raw } = await handle.describe().catch(() => ({ raw: undefined }))
  const failures = (raw?.pendingActivities ?? []).map(({ lastFailure }) => lastFailure)
  const failure = failures.find(found => found && found.applicationFailureInfo?.type !== JOB_AWAITED)
  if (!failure?.message) return undefined
  const isWait = failure.applicationFailureInfo?.type === SOURCE_AWAITED
  const reason = await messageOf(failure, handle).catch(() => failure.message)
  return { word: isWait ? 'Waiting' : 'Trying again', reason: reason ?? '' }
}

/** Of an encrypted failure the message lies in a payload. */
async function messageOf(failure: temporal.api.failure.v1.IFailure, { client }: WorkflowHandle): Promise<string> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter
  let payloads = failure.encodedAttributes ? [failure.encodedAttributes] : []
  for (const codec of payloadCodecs) payloads = await codec.decode(payloads)
  const [payload] = payloads
  const { message } = payload ? payloadConverter.fromPayload<{ readonly message?: string }>(payload) : failure
  return message ?? ''
}
