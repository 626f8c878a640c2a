import type { PruneRunsAnswer, PruneRunsInput } from '../../packages/client/contract/maintenance.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { count, counted } from '../../workflows/page/markdown.ts'
import { printJson } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'
import { ask } from '../temporal.ts'

export type RunsPruneOptions = SharedOptions & PruneRunsInput

/** Asks a worker, which has the run store and knows the running workflows from Temporal. */
export async function runsPrune(options: RunsPruneOptions): Promise<void> {
  const { dryRun = false, retention, retentionUnfinished, json } = options
  const input: PruneRunsInput = present({ dryRun, retention, retentionUnfinished })
  const answer = await ask<PruneRunsAnswer>({ type: 'pruneRuns', input, about: 'by-hand' }, options)
  if (json) return printJson(answer)
  for (const runId of answer.removed) console.log(runId)
  console.error(endLine(answer))
  for (const runId of answer.working) console.error(`Kept ${runId}: a workflow is running it`)
}

function endLine({ location, dryRun, removedCount, kept, working }: PruneRunsAnswer): string {
  const verb = dryRun ? 'would be removed' : 'removed'
  return `${counted(removedCount, 'run')} ${verb} from ${location}; ${count(kept + working.length)} kept`
}
