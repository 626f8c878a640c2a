import { loadConfiguration } from '../../config/environment.ts'
import { parseJson } from '../../loader/http/body.ts'
import { PLAN_REPORT_FILE } from '../../loader/protocol/layout.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStores } from '../../loader/storage/runStore.ts'
import { type PlanReport, planReportSchema } from '../../packages/client/contract/planRecords.ts'
import { followPlan } from '../follow.ts'
import { commandLine, newRun } from '../newRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { printPlan } from '../planText.ts'
import { type RunOptions, runSpec } from '../runSpec.ts'
import { startRun } from '../startRun.ts'
import { withTemporal } from '../temporal.ts'

export type SyncPlanOptions = SharedOptions & RunOptions

/** Starts a workflow that plans and sends nothing, and shows what a run would do. */
export async function syncPlan(name: string, options: SyncPlanOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const spec = runSpec(configuration, name, options)
  const json = options.json ?? false
  await withTemporal(async temporal => {
    const run = newRun(name)
    const command = commandLine('sync plan', name, options)
    await startRun(temporal, { type: 'planRecords', run, sync: name, spec, command })
    if (!json) process.stderr.write(`Plan ${run.runId}\n`)
    const report = await followPlan(temporal, run, json)
    printPlan(await withChanges(report, stores), json)
  }, options.config)
}

/** The report with the values that Temporal does not get, if the run store can be read from here. */
export async function withChanges(report: PlanReport, stores: RunStores): Promise<PlanReport> {
  const text = await stores
    .open(report.runId)
    .readText(PLAN_REPORT_FILE)
    .catch(() => undefined)
  const stored = text === undefined ? undefined : planReportSchema.safeParse(parseJson(text))
  if (!stored?.success) return report
  const { changes, errors } = stored.data
  return { ...report, errors, ...(changes === undefined ? {} : { changes }) }
}
