// Starts the workflow of a run.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { overridesTo } from '../loader/spec/parseSyncSpec.ts'
import { searchValuesOf, titleOf } from '../loader/spec/runTitle.ts'
import { type RunName, TASK_QUEUE, type WorkflowType } from '../packages/client/contract/names.ts'
import { searchPairs } from '../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { registeredAttributes } from '../workers/searchAttributes.ts'
import { asSummary, runSummary, startDetails } from '../workflows/page/summaries.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { RunOptions } from './runSpec.ts'
import { isAway, type TemporalAccess } from './temporal.ts'

export type RunToStart = {
  /** @default syncRecords */
  readonly type?: Extract<WorkflowType, 'syncRecords' | 'planRecords'>
  readonly run: RunName
  /** Name of the sync; undefined when the run does not name it. */
  readonly sync: string | undefined
  readonly spec: SyncSpec
  /** In place of one with the whole spec. */
  readonly input?: SyncRecordsInput
  /** Stored, so that `sync resume` can apply them again. */
  readonly options?: RunOptions
  /** The command as typed, shown in Temporal's UI. */
  readonly command: string
}

/** Throws CommandError when the run is already running. */
export async function startRun(
  { client, namespace, address }: TemporalAccess,
  { type = 'syncRecords', run, sync, spec, input: given, options, command }: RunToStart,
): Promise<void> {
  const { runId, workflowId } = run
  const input = given ?? (sync === undefined ? { spec, runId } : { sync, spec: overridesTo(spec), runId })
  const registered = await registeredAttributes(client.connection.operatorService, namespace)()
  await client.workflow
    .start(type, {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [input],
      memo: { runId, ...(options === undefined ? {} : { options }) },
      typedSearchAttributes: [...searchPairs(registered, searchValuesOf(spec, sync))],
      staticSummary: asSummary(`${type === 'planRecords' ? 'plan: ' : ''}${runSummary(titleOf(spec, sync))}`),
      staticDetails: startDetails(spec, `Started by \`${command}\`.`, runId),
    })
    .catch((error: unknown) => {
      if (isAway(error)) throw maybeStarted(runId, address)
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      throw new CommandError(
        `The run ${runId} is already running. Follow it: sflink sync status ${runId} --follow`,
        EXIT.runFailed,
      )
    })
}

/** Temporal may have accepted the start before the connection was lost. Another start would be another run. */
function maybeStarted(runId: string, address: string): CommandError {
  return new CommandError(
    `Temporal at ${address} does not answer, so it is not known whether the run ${runId} was started. When Temporal is back, look first: sflink sync status ${runId} --follow`,
    EXIT.noTemporal,
  )
}
