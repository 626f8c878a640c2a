// What a resumed run loads: its own spec, or the corrected sync while nothing can have been sent.
import type { WorkflowExecutionDescription } from '@temporalio/client'
import type { Configuration } from '../config/configuration.ts'
import { SPEC_FILE, STAGED_FILE } from '../loader/protocol/layout.ts'
import { readRunDocuments } from '../loader/runs/runDocuments.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { type RunName, scheduledTimeOfRun, syncOfRun } from '../packages/client/contract/names.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { type RunOptions, runSpec } from './runSpec.ts'
import type { RunToStart } from './startRun.ts'
import type { TemporalAccess } from './temporal.ts'

type ResumedRun = Pick<RunToStart, 'sync' | 'spec' | 'input' | 'options'> & {
  /** For the user: the run does not keep its spec. */
  readonly note?: string
}

type StoredRun = { readonly configuration: Configuration; readonly store: RunStore; readonly run: RunName }

/** undefined when the run store has no such run. Throws what `runSpec` throws when the sync no longer fits the options of the run. */
export async function resumedRun(
  temporal: TemporalAccess,
  { configuration, store, run }: StoredRun,
): Promise<ResumedRun | undefined> {
  const written = await store.readText(SPEC_FILE)
  if (written === undefined) return undefined
  const own = { sync: syncOfRun(run.runId), spec: JSON.parse(written) as SyncSpec }
  const { sync } = own
  if (sync === undefined || !configuration.syncs.has(sync) || !(await isReplaceable(store))) return own
  const note = `Nothing was sent yet: the run takes the sync ${sync} as it is configured now`
  const time = scheduledTimeOfRun(run.runId)
  // A run of a schedule is resolved by the worker, with the source of its time.
  if (time !== undefined) {
    const scheduledTime = new Date(time).toISOString()
    return { ...own, note, input: { sync, runId: run.runId, scheduledTime } satisfies SyncRecordsInput }
  }
  const options = optionsIn(await describe(temporal, run))
  if (options === undefined) return own
  const spec = runSpec(configuration, sync, options)
  return JSON.stringify(spec) === JSON.stringify(own.spec) ? { ...own, options } : { sync, spec, options, note }
}

/** As `prepareRun` has it: the spec of a run is replaced before its source is staged, when all of its executions have ended. */
async function isReplaceable(store: RunStore): Promise<boolean> {
  if ((await store.size(STAGED_FILE)) !== undefined) return false
  const { executions, unreadable } = await readRunDocuments(store)
  return unreadable.length === 0 && executions.every(({ ended }) => ended !== undefined)
}

function describe(
  { client }: TemporalAccess,
  { workflowId }: RunName,
): Promise<WorkflowExecutionDescription | undefined> {
  return client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined)
}

/** The options of the command that started the run; a service's run has none. */
function optionsIn(found: WorkflowExecutionDescription | undefined): RunOptions | undefined {
  return found?.memo?.['options'] as RunOptions | undefined
}
