// Starts a workflow once: the same request again is the same run.
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { type RunName, TASK_QUEUE, type WorkflowType } from './contract/names.ts'
import { MAX_INLINE_BYTES } from './contract/operations.ts'
import { jsonBytes } from './contract/scalars.ts'
import { decodedPayload } from './encryption/encryptionCodec.ts'
import { InputRejectedError, RunDiffersError } from './errors.ts'

type Input = Readonly<Record<string, unknown>>

type Start = {
  readonly type: WorkflowType
  readonly run: RunName
  readonly input: Input
  /** The keys of the input that make it another run. */
  readonly keys: readonly string[]
}

/**
 * Starts a workflow unless it runs or has completed. One that failed or was cancelled starts again.
 * Throws RunDiffersError when the run had another type or input, InputRejectedError for an input of more than 1 MB.
 */
export async function startOnce(
  client: Client,
  { type, run: { workflowId, runId }, input, keys }: Start,
  { taskQueue = TASK_QUEUE }: QueueOptions,
): Promise<void> {
  const bytes = jsonBytes(input)
  if (bytes > MAX_INLINE_BYTES) throw inputTooLarge(workflowId, bytes)
  try {
    await client.workflow.start(type, {
      taskQueue,
      workflowId,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      memo: { runId },
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
  const started = await startOf(client, workflowId)
  if (started.type === type && sortedJson(started.input, keys) === sortedJson(input, keys)) return
  throw new RunDiffersError(workflowId)
}

/** The input of the workflow that has the id now, running or ended. */
export async function startedInput<Given extends object>(client: Client, workflowId: string): Promise<Given> {
  return (await startOf(client, workflowId)).input as Given
}

async function startOf(client: Client, workflowId: string): Promise<{ readonly type: string; readonly input: Input }> {
  const { namespace } = client.options
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  })
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes
  const input = await decodedPayload<Input>(client, started?.input?.payloads?.[0])
  return { type: started?.workflowType?.name ?? '', input: input ?? {} }
}

/** The keys of the input as JSON, independent of their order. */
function sortedJson(input: Input, keys: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(keys.map(key => [key, input[key]])), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}

function inputTooLarge(workflowId: string, bytes: number): InputRejectedError {
  return new InputRejectedError(
    'InputRejectedError',
    `The input of ${workflowId} takes ${bytes} bytes as JSON; allowed are ${MAX_INLINE_BYTES}. Put the records into a file and give its uri, or make several loads`,
  )
}

export function labelRejected(kind: 'sync' | 'flow', name: string, label: string): InputRejectedError {
  return new InputRejectedError(
    'InputRejectedError',
    `A load is named by a ${kind} (letters, digits, _ and -) and a label without / and \\; given ${kind} ${JSON.stringify(name)} and label ${JSON.stringify(label)}`,
  )
}
