// A run that was encrypted with a key that is missing here.
import { Client, defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client'
import type { EncryptionKeyError } from '../packages/client/encryption/keyRing.ts'
import { columns } from './columns.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

/** State and times of a workflow, without its memo, which may be encrypted. */
export function describeUnread(
  { client, namespace }: TemporalAccess,
  workflowId: string,
): Promise<WorkflowExecutionDescription> {
  const nothing = defaultPayloadConverter.toPayload(undefined)
  const codec = { encode: async () => [], decode: async (payloads: unknown[]) => payloads.map(() => nothing) }
  const { connection } = client
  return new Client({ connection, namespace, dataConverter: { payloadCodecs: [codec] } }).workflow
    .getHandle(workflowId)
    .describe()
}

/** Prints what is readable. Returns the error that says what the rest needs. */
export function printUnread(
  { runId, description }: { readonly runId: string; readonly description: WorkflowExecutionDescription },
  error: EncryptionKeyError,
  json: boolean,
): CommandError {
  const { status, startTime, closeTime } = description
  const state = status.name.toLowerCase()
  console.log(
    json
      ? JSON.stringify({ runId, state, startedAt: startTime, endedAt: closeTime }, undefined, 2)
      : columns([
          ['Run', runId],
          ['State', state],
          ['Started', timeText(startTime)],
          ...(closeTime === undefined ? [] : [['Ended', timeText(closeTime)]]),
        ]),
  )
  return new CommandError(`The rest of the run ${runId} can't be read: ${error.message}`, EXIT.runFailed)
}

export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
