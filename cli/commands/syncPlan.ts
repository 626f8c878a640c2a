import { loadConfiguration } from '../../config/environment.ts'
import { parseJson } from '../../loader/http/body.ts'
import { PLAN_REPORT_FILE } from '../../loader/protocol/layout.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { type PlanReport, planReportSchema } from '../../packages/client/contract/planRecords.ts'
import { followPlan } from '../follow.ts'
import { commandLine, newRun } from '../newRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { type ParentOptions, withParentRuns } from '../parentOptions.ts'
import { printPlan } from '../planText.ts'
import { type RunOptions, runSpec } from '../runSpec.ts'
import { startRun } from '../startRun.ts'
import { withTemporal } from '../temporal.ts'

export type SyncPlanOptions = SharedOptions & RunOptions & ParentOptions

/** Starts a workflow that plans and sends nothing, and shows what a run would do. */
export async function syncPlan(name: string, given: SyncPlanOptions): Promise<void> {
  const configuration = await loadConfiguration(given.config, { credentials: 'optional' })
  const options = await withParentRuns(configuration, given)
  const spec = runSpec(configuration, name, options)
  const { json = false } = options
  await withTemporal(async temporal => {
    const run = newRun(name)
    const command = commandLine('sync plan', name, options)
    await startRun(temporal, { type: 'planRecords', run, sync: name, spec, command })
    if (!json) process.stderr.write(`Plan ${run.runId}\n`)
    await showPlan(await followPlan(temporal, run, json), options)
  }, options.config)
}

/** Prints a plan with the values that Temporal does not get, if the run store can be read from here. */
export async function showPlan(report: PlanReport, { json = false, config }: SharedOptions): Promise<void> {
  const { runStore, baseDirectory } = await loadConfiguration(config, { credentials: 'optional' })
  const store = openRunStores(runStore, baseDirectory).open(report.runId)
  const text = await store.readText(PLAN_REPORT_FILE).catch(() => undefined)
  const stored = text === undefined ? undefined : planReportSchema.safeParse(parseJson(text))
  printPlan(stored?.success ? (stored.data as PlanReport) : report, json)
}
