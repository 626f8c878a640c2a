// Finds the workflow of a run by any of its names.
import {
  Client,
  defaultPayloadConverter,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client'
import {
  flowRunNameOf,
  isSyncName,
  runNameOf,
  type WorkflowType,
  workflowIdOf,
} from '../packages/client/contract/names.ts'
import { EncryptionKeyError } from '../packages/client/encryption/keyRing.ts'
import { columns } from './columns.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

/** The form of the ids that Temporal gives to executions; a run without another name is called by one. */
const EXECUTION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const FLOW_TYPES: readonly string[] = ['runFlow', 'planFlow'] satisfies readonly WorkflowType[]

export type FoundRun = {
  /** Its id in the run store. */
  readonly runId: string
  readonly handle: WorkflowHandle
  readonly description: WorkflowExecutionDescription
  /** When its first execution started: a long run continues in new executions. */
  readonly startedAt: Date
  /** Why the memo is left out of the description: its key is missing. */
  readonly unread?: EncryptionKeyError
}

/**
 * @param either a run id, a workflow's id, or the name of a sync, which stands for its last run.
 * Throws CommandError when Temporal has no such run.
 */
export async function findRun(temporal: TemporalAccess, either: string): Promise<FoundRun> {
  const { runId, workflowId } = runNameOf(either)
  const others = either === workflowId ? [] : [either]
  let notFound: unknown
  for await (const id of candidates([workflowId, ...others], temporal, either)) {
    const handle = temporal.client.workflow.getHandle(id)
    try {
      const described = await describe(temporal, handle)
      if (FLOW_TYPES.includes(described.description.type)) throw isFlow(runNameOf(id).runId)
      const known = runIdIn(described.description) ?? (id === workflowId ? runId : runNameOf(id).runId)
      return { runId: known, handle, startedAt: await startOf(temporal, described.description), ...described }
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      notFound ??= error
    }
  }
  throw runNotFound(notFound, either, temporal)
}

/** Its syncs have runs of their own. */
const isFlow = (runId: string): CommandError =>
  new CommandError(`${runId} is a run of a flow, not of a sync. See: sflink flow status ${runId}`)

async function* candidates(names: readonly string[], temporal: TemporalAccess, either: string): AsyncGenerator<string> {
  yield* names
  yield* await executionsOf(temporal, either)
  yield* await lastOfSync(temporal, either)
  const flow = flowRunNameOf(either)
  if (flow !== undefined) yield flow.workflowId
}

/** The workflow of the last run of a sync; empty for a text that is not the name of one. */
async function lastOfSync({ client, namespace }: TemporalAccess, name: string): Promise<readonly string[]> {
  if (!isSyncName(name)) return []
  const query = `WorkflowType = 'syncRecords' AND WorkflowId STARTS_WITH '${workflowIdOf(name, '')}'`
  // Without the client's list, which decodes memos: their key may be missing.
  const { executions } = await client.workflowService.listWorkflowExecutions({ namespace, query })
  return newestFirst(executions).slice(0, 1)
}

type Listed = {
  readonly startTime?: Timestamp | null
  readonly execution?: { readonly workflowId?: string | null } | null
}

/** The workflow ids of executions. */
export const newestFirst = (executions: readonly Listed[]): readonly string[] =>
  executions
    .toSorted((a, b) => nanoseconds(b.startTime) - nanoseconds(a.startTime))
    .flatMap(({ execution }) => execution?.workflowId ?? [])

type Timestamp = { readonly seconds?: unknown; readonly nanos?: number | null }

/** Rounded: a number has fewer digits. */
const nanoseconds = (time: Timestamp | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1e9 + (time?.nanos ?? 0)

async function startOf({ client }: TemporalAccess, description: WorkflowExecutionDescription): Promise<Date> {
  const { workflowId, runId, raw, startTime } = description
  const first = raw.workflowExecutionInfo?.firstRunId
  if (!first || first === runId) return startTime
  // Its retention may have passed.
  return client.workflowService
    .describeWorkflowExecution({ namespace: client.options.namespace, execution: { workflowId, runId: first } })
    .then(found => new Date(Number(found.workflowExecutionInfo?.startTime?.seconds ?? 0) * 1_000))
    .catch(() => startTime)
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
    `Temporal at ${address}, namespace ${namespace}, has no run ${runId}${isSyncName(runId) ? ' and no run of a sync of this name' : ''}: it was never started, or its retention has passed. List the runs: sflink runs list`,
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
  { runId, description, startedAt }: Pick<FoundRun, 'runId' | 'description' | 'startedAt'>,
  error: EncryptionKeyError,
  json: boolean,
): CommandError {
  const { status, closeTime } = description
  const state = status.name.toLowerCase()
  console.log(
    json
      ? JSON.stringify({ runId, state, startedAt, endedAt: closeTime }, undefined, 2)
      : columns([
          ['Run', runId],
          ['State', state],
          ['Started', timeText(startedAt)],
          ...(closeTime === undefined ? [] : [['Ended', timeText(closeTime)]]),
        ]),
  )
  return new CommandError(`The rest of the run ${runId} can't be read: ${error.message}`, EXIT.runFailed)
}

export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
