import { randomUUID } from 'node:crypto'
import { loadConfiguration } from '../../config/environment.ts'
import { shownUri } from '../../loader/storage/uris.ts'
import { runLabel, runNameOf, workflowIdOf } from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { followRun } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { type RunOptions, runSpec } from '../runSpec.ts'
import { startRun } from '../startRun.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'

export type SyncRunOptions = SharedOptions & RunOptions & { readonly detach?: boolean }

/** The configuration is read here for its syncs, and again by the worker for its credentials: this process needs none. */
export async function syncRun(name: string, options: SyncRunOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const spec = runSpec(configuration, name, options)
  const json = options.json ?? false
  await withTemporal(async temporal => {
    const workflowId = workflowIdOf(name, runLabel(new Date(), randomUUID().slice(0, 4)))
    const run = runNameOf(workflowId)
    const { set, source, scheduledTime } = options
    const given = { set, ...present({ source, scheduledTime }) }
    await startRun(temporal, { run, sync: name, spec, options: given, command: commandLine(name, options) })
    if (options.detach) return tellDetached(temporal, run.runId, json)
    if (!json) process.stderr.write(`Run ${run.runId}\n`)
    await followRun(temporal, run, json)
  }, options.config)
}

/** The command as typed, with the options that change the run. */
function commandLine(name: string, { source, set }: SyncRunOptions): string {
  const settings = set.flatMap(setting => ['--set', setting])
  const words = [name, ...(source === undefined ? [] : ['--source', shownUri(source)]), ...settings]
  return ['sflink sync run', ...words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))].join(' ')
}

export async function tellDetached(temporal: TemporalAccess, runId: string, json: boolean): Promise<void> {
  console.log(
    json ? JSON.stringify({ runId }) : `Run ${runId} started. Check its progress: sflink sync status ${runId}`,
  )
  const missing = await missingWorkers(temporal.client)
  if (isMissing(missing)) console.error(missingWorkerLine(temporal, missing, ', so the run waits'))
}
