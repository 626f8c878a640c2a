// What can be told of a run that was encrypted by a key that is not here.
import { Client, defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client'
import type { EncryptionKeyError } from '../packages/client/encryption/encryptionKeyError.ts'
import { columns } from './columns.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { FoundRun } from './findRun.ts'
import type { TemporalAccess } from './temporal.ts'

/** State and times of a workflow; whatever may be encrypted, its memo, is left out. */
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

/** Prints what can be told. Returns the error that says what the rest needs. */
export function tellUnread(
  { runId, description: { status, startTime, closeTime } }: FoundRun,
  error: EncryptionKeyError,
  json: boolean,
): CommandError {
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
  return new CommandError(`More of the run ${runId} can't be told: ${error.message}`, EXIT.runFailed)
}

export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
