import type { Client } from '@temporalio/client'
import type { QueueOptions } from './connect.ts'
import { type FlowRunName, flowRunNameOf, flowWorkflowId, TASK_QUEUE, type WorkflowType } from './contract/names.ts'
import type { FlowPlan, FlowReport, RunFlowInput } from './contract/runFlow.ts'
import { present } from './contract/scalars.ts'
import { failureOf } from './failure.ts'
import { orNoWorker } from './noWorker.ts'
import { labelRejected, startOnce } from './startOnce.ts'
import type { SyncRequest } from './startSync.ts'

export type FlowRequest = Pick<SyncRequest, 'scheduledTime'> & {
  /** Name of a flow in the worker's configuration. */
  readonly flow: string
  /** Names this run of the flow, such as a date: the same label is the same run. */
  readonly label: string
  /** By the name of a sync of the flow: keys in place of its own; null removes a key. */
  readonly specs?: Readonly<Record<string, NonNullable<SyncRequest['spec']>>>
  /** Id of a run of the flow that is undone: what its syncs wrote is taken back, the last one first. */
  readonly undoOf?: string
}

/**
 * Runs the syncs of a flow one after the other, once, and waits for the report. A run that failed or was cancelled resumes: syncs that
 * have completed do not run again.
 * Throws RunFailedError, InputRejectedError, RunDiffersError, and NoWorkerError when no worker polls.
 */
export async function runFlow(client: Client, request: FlowRequest, options: QueueOptions = {}): Promise<FlowReport> {
  return resultOf<FlowReport>(client, 'runFlow', request, options)
}

/** Plans the syncs of a flow, once, and waits for the report. Nothing is sent. Throws what `runFlow` throws. */
export async function planFlow(client: Client, request: FlowRequest, options: QueueOptions = {}): Promise<FlowPlan> {
  return resultOf<FlowPlan>(client, 'planFlow', request, options)
}

const FLOW_KEYS = ['flow', 'specs', 'scheduledTime', 'timeZone', 'undoOf'] as const

async function resultOf<Report>(
  client: Client,
  type: Extract<WorkflowType, 'runFlow' | 'planFlow'>,
  { flow, label, specs, scheduledTime, undoOf }: FlowRequest,
  options: QueueOptions,
): Promise<Report> {
  const run = nameOf(flow, label)
  const { workflowId } = run
  const input: RunFlowInput = { flow, ...present({ specs, scheduledTime, undoOf }) }
  await startOnce(client, { type, run, input, keys: FLOW_KEYS }, options)
  const report = client.workflow.getHandle(workflowId).result() as Promise<Report>
  const answer = report.catch(error => {
    throw failureOf(error, { workflowId })
  })
  return orNoWorker(answer, { client, taskQueue: options.taskQueue ?? TASK_QUEUE, workflowId })
}

function nameOf(flow: string, label: string): FlowRunName {
  const run = flowRunNameOf(flowWorkflowId(flow, label))
  if (run?.flow !== flow) throw labelRejected('flow', flow, label)
  return run
}
