import { WorkflowNotFoundError } from '@temporalio/client'
import { CommandError } from './commandError.ts'
import type { TemporalAccess } from './temporal.ts'

/** Words for a run that Temporal does not know, or no longer; any other error passes unchanged. */
export function runNotFound(error: unknown, runId: string, { address, namespace }: TemporalAccess): unknown {
  if (!(error instanceof WorkflowNotFoundError)) return error
  return new CommandError(
    `Temporal at ${address}, namespace ${namespace}, has no run ${runId}: it was never started, or ended so long ago that Temporal has forgotten it. See which runs there are: sflink runs list`,
  )
}
