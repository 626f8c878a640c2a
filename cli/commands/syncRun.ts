import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { readSpec } from '../../loader/protocol/runRecords.ts'
import { completedPlan } from '../../loader/runs/planToApply.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { runNameOf } from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { storedRunId } from '../allRuns.ts'
import { CommandError } from '../commandError.ts'
import { followRun } from '../follow.ts'
import { commandLine, newRun } from '../newRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { type ParentOptions, withParentRuns } from '../parentOptions.ts'
import { type RunOptions, runSpec } from '../runSpec.ts'
import { type RunToStart, startRun } from '../startRun.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'

export type SyncRunOptions = SharedOptions &
  RunOptions &
  ParentOptions & { readonly detach?: boolean; readonly plan?: string }

/** The configuration is read here for its syncs, and again by the worker for its credentials: this process needs none. */
export async function syncRun(name: string | undefined, options: SyncRunOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const { plan, detach = false, json = false } = options
  const toStart =
    plan === undefined
      ? loadToStart(configuration, name ?? '', await withParentRuns(configuration, options))
      : await planToStart(configuration, name, plan, options)
  await withTemporal(async temporal => {
    const { run } = toStart
    await startRun(temporal, toStart)
    if (detach) return tellDetached(temporal, run.runId, json)
    if (!json) process.stderr.write(`Run ${run.runId}\n`)
    await followRun(temporal, run, json)
  }, options.config)
}

function loadToStart(configuration: Configuration, name: string, options: SyncRunOptions): RunToStart {
  const { set, source, scheduledTime, limit, parentRuns } = options
  const spec = runSpec(configuration, name, options)
  if (process.stdin.isTTY) requirePlan(name, spec, commandLine('sync plan', name, options))
  return {
    run: newRun(name),
    sync: name,
    spec,
    options: { set, ...present({ source, scheduledTime, limit, parentRuns }) },
    command: commandLine('sync run', name, options),
  }
}

/** A person sees which records are missing before they are changed. A schedule, a script or a service has `maxDeleted` alone. */
function requirePlan(name: string, { missing }: SyncSpec, command: string): void {
  if (missing !== 'delete' && missing !== 'update') return
  throw new CommandError(
    `Sync ${name} ${missing}s the records of its scope that the source does not have. Look at them first: ${command}, and then apply that plan: sflink sync run --plan RUN`,
  )
}

/** The run that applies a plan has its id. The worker checks the plan again, and that its sync has not changed. */
async function planToStart(
  { runStore, baseDirectory }: Configuration,
  name: string | undefined,
  plan: string,
  { source, set, scheduledTime, limit, parents }: SyncRunOptions,
): Promise<RunToStart> {
  const given = { source, set: set.length === 0 ? undefined : set, 'scheduled-time': scheduledTime, limit, parents }
  const names = Object.keys(present(given)).map(option => `--${option}`)
  if (names.length > 0) {
    throw new CommandError(
      `${names.join(' and ')} can't be given with --plan: the plan has its source and its sync already. Leave ${names.length === 1 ? 'it' : 'them'} out, or give ${names.length === 1 ? 'it' : 'them'} to sync plan`,
    )
  }
  const stores = openRunStores(runStore, baseDirectory)
  const runId = await storedRunId(stores, plan, 'plan')
  const input = { plan: runId, ...present({ sync: name }) }
  // So that a plan that may not be applied keeps its page in Temporal.
  const { sync } = await completedPlan(stores, input)
  return {
    run: runNameOf(runId),
    sync,
    spec: await readSpec(stores.open(runId)),
    input,
    command: `sflink sync run --plan ${runId}`,
  }
}

export async function tellDetached(temporal: TemporalAccess, runId: string, json: boolean): Promise<void> {
  console.log(
    json ? JSON.stringify({ runId }) : `Run ${runId} started. Check its progress: sflink sync status ${runId}`,
  )
  const missing = await missingWorkers(temporal.client)
  if (isMissing(missing)) console.error(missingWorkerLine(temporal, missing, ', so the run waits'))
}
