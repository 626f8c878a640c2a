// The workflow of a run, however the user calls it.
import { type WorkflowExecutionDescription, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { runNameOf } from '../packages/client/contract/names.ts'
import { EncryptionKeyError } from '../packages/client/encryption/keyRing.ts'
import { CommandError } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'
import { describeUnread } from './unreadableRun.ts'

/** The form of the ids that Temporal gives to executions; a run without another name is called by one. */
const EXECUTION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export type FoundRun = {
  /** As the run store calls it. */
  readonly runId: string
  readonly handle: WorkflowHandle
  readonly description: WorkflowExecutionDescription
  /** Why the memo is left out of the description: its key is not here. */
  readonly unread?: EncryptionKeyError
}

/** @param either a run id or a workflow's id. Throws CommandError when Temporal knows no run by it. */
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

/** A service's workflow has an id of the service's choosing; its memo says what its run is called. */
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
