// Commands that start a run which continues from an earlier one.
import { loadConfiguration } from '../../config/environment.ts'
import { newLoad } from '../../loader/runs/earlierLoad.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'
import { storedRunId } from '../allRuns.ts'
import { followPlan, followRun } from '../follow.ts'
import { newRun } from '../newRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { type RunToStart, startRun } from '../startRun.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'
import { showPlan } from './syncPlan.ts'
import { tellDetached } from './syncRun.ts'

type Options = SharedOptions & { readonly detach?: boolean }

/** Loads the failed records of an ended run again, as a run of its own. */
export async function syncRetry(either: string, options: Options): Promise<void> {
  const { runId, toStart } = await continuation('retry', either, options)
  await withTemporal(temporal => {
    const note = `loads the failed records of run ${runId}`
    return execute(temporal, { ...toStart, command: `sflink sync retry ${runId}` }, note, options)
  }, options.config)
}

/** Takes back what a run has written, as a run of its own, or shows what that would change. */
export async function syncUndo(either: string, options: Options & { readonly plan?: boolean }): Promise<void> {
  const { runId, toStart } = await continuation('undo', either, options)
  const { plan = false, json = false } = options
  await withTemporal(async temporal => {
    if (!plan)
      return execute(temporal, { ...toStart, command: `sflink sync undo ${runId}` }, `undoes run ${runId}`, options)
    const { run } = toStart
    await startRun(temporal, { ...toStart, type: 'planRecords', command: `sflink sync undo ${runId} --plan` })
    if (!json) process.stderr.write(`Plan ${run.runId} of the undo of run ${runId}\n`)
    await showPlan(await followPlan(temporal, run, json), options)
  }, options.config)
}

type Continuation = {
  /** The earlier run. */
  readonly runId: string
  readonly toStart: Omit<RunToStart, 'command'>
}

async function continuation(kind: 'retry' | 'undo', either: string, { config }: Options): Promise<Continuation> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const runId = await storedRunId(stores, either)
  const { spec, sync } = await newLoad(stores, { kind, runId })
  // A run that a service has named may have no sync in its name.
  const run = newRun(syncOfRun(runId) ?? kind)
  const input = { ...(kind === 'retry' ? { retryOf: runId } : { undoOf: runId }), runId: run.runId }
  return { runId, toStart: { run, sync, spec, input } }
}

/** @param note what the run does, for the terminal */
async function execute(
  temporal: TemporalAccess,
  toStart: RunToStart,
  note: string,
  { json = false, detach = false }: Options,
): Promise<void> {
  const { run } = toStart
  await startRun(temporal, toStart)
  if (detach) return tellDetached(temporal, run.runId, json)
  if (!json) process.stderr.write(`Run ${run.runId} ${note}\n`)
  await followRun(temporal, run, json)
}
