// What a resumed run loads: its own spec, or the corrected sync while nothing can have been sent.
import type { Configuration } from '../config/configuration.ts'
import { SPEC_FILE, STAGED_FILE } from '../loader/protocol/layout.ts'
import { readRunDocuments } from '../loader/runs/runDocuments.ts'
import { earlierKey, earlierRunOf } from '../loader/spec/earlierRun.ts'
import { withEngine } from '../loader/spec/sendingRules.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { type RunName, scheduledTimeOfRun, syncOfRun } from '../packages/client/contract/names.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { startedInput } from '../packages/client/startOnce.ts'
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
  const {
    sync,
    spec: { source },
  } = own
  const earlier = earlierKey(source)
  if (earlierRunOf(source) !== undefined) return { ...own, input: { ...earlier, runId: run.runId } }
  if (sync === undefined || !configuration.syncs.has(sync) || !(await isReplaceable(store))) return own
  const note = `Nothing was sent yet: the run takes the sync ${sync} as it is configured now`
  const options = await optionsOf(temporal, run)
  if (options === undefined) return { ...own, ...(await sameInput(temporal, run, sync, note)) }
  const spec = withEngine(runSpec(configuration, sync, options))
  return JSON.stringify(spec) === JSON.stringify(own.spec) ? { ...own, options } : { sync, spec, options, note }
}

/** A run of a schedule or a service is resolved by the worker: by the same input, and with the source of its time. */
async function sameInput(
  { client }: TemporalAccess,
  { runId, workflowId }: RunName,
  sync: string,
  note: string,
): Promise<Pick<ResumedRun, 'input' | 'note'>> {
  const given = await startedInput<SyncRecordsInput>(client, workflowId).catch(() => undefined)
  const time = scheduledTimeOfRun(runId)
  if (time !== undefined) {
    return { note, input: { sync, scheduledTime: new Date(time).toISOString(), ...given, runId } }
  }
  if (given === undefined) return { note: `The run ${runId} keeps its spec: Temporal no longer has its input` }
  return { note, input: { ...given, runId } }
}

/** As `prepareRun` has it: the spec of a run is replaced before its source is staged, when all of its executions have ended. */
async function isReplaceable(store: RunStore): Promise<boolean> {
  if ((await store.size(STAGED_FILE)) !== undefined) return false
  const { executions, unreadable } = await readRunDocuments(store)
  return unreadable.length === 0 && executions.every(({ ended }) => ended !== undefined)
}

/** The options of the command that started the run; undefined for one that a service started. */
async function optionsOf({ client }: TemporalAccess, { workflowId }: RunName): Promise<RunOptions | undefined> {
  const found = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined)
  return found?.memo?.['options'] as RunOptions | undefined
}
