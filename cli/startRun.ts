// Starts the workflow of a run.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { overridesTo } from '../loader/spec/parseSyncSpec.ts'
import { searchValuesOf, titleOf } from '../loader/spec/runTitle.ts'
import { type RunName, TASK_QUEUE } from '../packages/client/contract/names.ts'
import { searchPairs } from '../packages/client/contract/searchAttributes.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { registeredAttributes } from '../workers/searchAttributes.ts'
import { runSummary, startDetails } from '../workflows/page/summaries.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

export type RunToStart = {
  readonly run: RunName
  /** Name of the sync; undefined when the run does not name it. */
  readonly sync: string | undefined
  readonly spec: SyncSpec
  /** The command as typed, shown in Temporal's UI. */
  readonly command: string
}

/** Throws CommandError when the run is already running. */
export async function startRun(
  { client, namespace }: TemporalAccess,
  { run, sync, spec, command }: RunToStart,
): Promise<void> {
  const { runId, workflowId } = run
  const input: SyncRecordsInput = sync === undefined ? { spec, runId } : { sync, spec: overridesTo(spec), runId }
  const registered = await registeredAttributes(client.connection.operatorService, namespace)()
  await client.workflow
    .start('syncRecords', {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [input],
      memo: { runId },
      typedSearchAttributes: [...searchPairs(registered, searchValuesOf(spec, sync))],
      staticSummary: runSummary(titleOf(spec, sync)),
      staticDetails: startDetails(spec, `Started by \`${command}\`.`, runId),
    })
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      throw new CommandError(
        `The run ${runId} is already running. Follow it: sflink sync status ${runId} --follow`,
        EXIT.runFailed,
      )
    })
}
