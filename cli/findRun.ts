// Finds the workflow of a run by any of its names.
import {
  Client,
  defaultPayloadConverter,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { runNameOf } from '../packages/client/contract/names.ts'
import { EncryptionKeyError } from '../packages/client/encryption/keyRing.ts'
import { columns } from './columns.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

/** The form of the ids that Temporal gives to executions; a run without another name is called by one. */
const EXECUTION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export type FoundRun = {
  /** Its id in the run store. */
  readonly runId: string
  readonly handle: WorkflowHandle
  readonly description: WorkflowExecutionDescription
  /** Why the memo is left out of the description: its key is missing. */
  readonly unread?: EncryptionKeyError
}

/** @param either a run id or a workflow's id. Throws CommandError when Temporal has no such run. */
export async function findRun(temporal: TemporalAccess, either: string): Promise<FoundRun> {
  const { runId, workflowId } = runNameOf(either)
  const others = either === workflowId ? [] : [either]
  let notFound: unknown
  for (const id of [workflowId, ...others, ...(await executionsOf(temporal, either))]) {
    const handle = temporal.client.workflow.getHandle(id)
    try {
      const described = await describe(temporal, handle)
      return { runId: runIdIn(described.description) ?? runId, handle, ...described }
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      notFound ??= error
    }
  }
  throw runNotFound(notFound, either, temporal)
}

async function describe(
  temporal: TemporalAccess,
  handle: WorkflowHandle,
): Promise<Pick<FoundRun, 'description' | 'unread'>> {
  try {
    return { description: await handle.describe() }
  } catch (error) {
    if (!(error instanceof EncryptionKeyError)) throw error
    return { description: await describeUnread(temporal, handle.workflowId), unread: error }
  }
}

/** A service's workflow may have any id; its memo names its run. */
function runIdIn({ memo }: WorkflowExecutionDescription): string | undefined {
  const runId = memo?.['runId']
  return typeof runId === 'string' ? runId : undefined
}

async function executionsOf({ client }: TemporalAccess, either: string): Promise<readonly string[]> {
  if (!EXECUTION_ID.test(either)) return []
  const ids: string[] = []
  for await (const { workflowId } of client.workflow.list({ query: `RunId = '${either}'` })) ids.push(workflowId)
  return ids
}

/** Explains a run that Temporal does not have; any other error passes unchanged. */
export function runNotFound(error: unknown, runId: string, { address, namespace }: TemporalAccess): unknown {
  if (!(error instanceof WorkflowNotFoundError)) return error
  return new CommandError(
    `Temporal at ${address}, namespace ${namespace}, has no run ${runId}: it was never started, or its retention has passed. List the runs: sflink runs list`,
  )
}

/** State and times of a workflow, without its memo, which may be encrypted. */
function describeUnread(
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

/** Prints what is readable. Returns the error that says how to read the rest. */
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
