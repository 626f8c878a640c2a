// Finds the workflow of a run of a flow, and starts one.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import {
  type FlowRunName,
  flowRunNameOf,
  flowWorkflowId,
  isSyncName,
  TASK_QUEUE,
} from '../../packages/client/contract/names.ts'
import type { RunFlowInput } from '../../packages/client/contract/runFlow.ts'
import { searchPairs } from '../../packages/client/contract/searchAttributes.ts'
import { registeredAttributes } from '../../workers/searchAttributes.ts'
import { code } from '../../workflows/page/markdown.ts'
import { CommandError, EXIT } from '../commandError.ts'
import { type FoundRun, newestFirst, runNotFound } from '../findRun.ts'
import { newLabel } from '../newRun.ts'
import { isAway, type TemporalAccess } from '../temporal.ts'
import { flowStartDetails, flowSummary } from './flowText.ts'

export type FoundFlow = FoundRun & { readonly run: FlowRunName; readonly plans: boolean }

export function newFlowRun(flow: string): FlowRunName {
  const workflowId = flowWorkflowId(flow, newLabel())
  return flowRunNameOf(workflowId) as FlowRunName
}

/** @param either a run of a flow, its workflow, or the name of a flow for its last run. Throws CommandError when Temporal has no such run. */
export async function findFlow(temporal: TemporalAccess, either: string): Promise<FoundFlow> {
  const run = isSyncName(either) ? await lastOfFlow(temporal, either) : flowRunNameOf(either)
  if (run === undefined) throw notFound(either, temporal)
  const handle = temporal.client.workflow.getHandle(run.workflowId)
  const description = await handle.describe().catch((error: unknown) => {
    throw runNotFound(error, run.runId, temporal)
  })
  const plans = description.type === 'planFlow'
  return { run, runId: run.runId, handle, description, startedAt: description.startTime, plans }
}

async function lastOfFlow({ client, namespace }: TemporalAccess, flow: string): Promise<FlowRunName | undefined> {
  const query = `WorkflowType = 'runFlow' AND WorkflowId STARTS_WITH '${flowWorkflowId(flow, '')}'`
  const { executions } = await client.workflowService.listWorkflowExecutions({ namespace, query })
  return flowRunNameOf(newestFirst(executions)[0] ?? '')
}

const notFound = (either: string, { address, namespace }: TemporalAccess): CommandError =>
  new CommandError(
    `Temporal at ${address}, namespace ${namespace}, has no run of a flow called ${either}: it was never started, or its retention has passed. List the flows: sflink flow list`,
  )

export type FlowToStart = {
  readonly type: 'runFlow' | 'planFlow'
  readonly run: FlowRunName
  readonly input: RunFlowInput
  readonly syncs: readonly string[]
  /** The command as typed, shown in Temporal's UI. */
  readonly command: string
}

/** Throws CommandError when the run is already running. */
export async function startFlow(
  { client, namespace, address }: TemporalAccess,
  { type, run, input, syncs, command }: FlowToStart,
): Promise<void> {
  const { runId, workflowId, flow } = run
  const registered = await registeredAttributes(client.connection.operatorService, namespace)()
  const kind = type === 'planFlow' ? 'plan: ' : ''
  await client.workflow
    .start(type, {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [input],
      memo: { runId },
      typedSearchAttributes: [...searchPairs(registered, { SflinkSync: flow })],
      staticSummary: `${kind}${flowSummary(flow, syncs)}`,
      staticDetails: flowStartDetails(syncs, `Started by ${code(command)}.`),
    })
    .catch((error: unknown) => {
      if (isAway(error)) throw maybeStarted(runId, address)
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      throw new CommandError(
        `The run ${runId} of the flow is already running. Follow it: sflink flow status ${runId} --follow`,
        EXIT.runFailed,
      )
    })
}

/** Temporal may have accepted the start before the connection was lost. Another start would be another run. */
const maybeStarted = (runId: string, address: string): CommandError =>
  new CommandError(
    `Temporal at ${address} does not answer, so it is not known whether the run ${runId} of the flow was started. When Temporal is back, look first: sflink flow status ${runId} --follow`,
    EXIT.noTemporal,
  )
