import { WorkflowNotFoundError } from '@temporalio/client'
import { loadConfiguration } from '../../config/environment.ts'
import { EARLIER_FILES, REPORT_FILE } from '../../loader/protocol/layout.ts'
import { readsResultsAgain } from '../../loader/protocol/settleAttempt.ts'
import type { StoredRunState } from '../../loader/runs/runStates.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { type RunName, runNameOf } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { resumeRun } from '../../packages/client/controlRun.ts'
import { readRun, storedRunId } from '../allRuns.ts'
import { CommandError } from '../commandError.ts'
import { followRun } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { exitCodeOf, printReport } from '../report.ts'
import { resumedRun } from '../resumedRun.ts'
import { startRun } from '../startRun.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'
import { personHere } from './syncControl.ts'

/**
 * Resumes a run. One that is paused continues, and one in progress is followed. One that was cancelled or failed starts again from its
 * state in the run store: what was sent is not sent again. One that has completed is left as it is, unless results of Salesforce were not complete: then they are read once more.
 */
export async function syncResume(either: string, { json = false, config }: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const runId = await storedRunId(stores, either)
  const run = runNameOf(runId)
  const store = stores.open(runId)
  const { state, workflowIds, plans, sync } = await readRun(stores, runId, new Set())
  if (plans) throw isPlan(runId, state, sync)
  if (state === 'completed' || state === 'completed_with_rejected') {
    const report = JSON.parse((await store.readText(REPORT_FILE)) ?? '') as RunReport
    const isOver = report.tally.inDoubt === 0 || (await store.size(EARLIER_FILES.retry)) !== undefined
    if (isOver || !(await readsResultsAgain(store))) return tellEnded(report, json)
    if (!json) console.error(`The results of run ${runId} were not complete; the run reads them again`)
  }
  await withTemporal(async temporal => {
    const working = await workingOn(temporal, [...workflowIds, run.workflowId])
    if (working !== undefined) {
      const { message } = await resumeRun(temporal.client, working, { by: personHere() })
      const opening = json ? [] : [`${message}; following it`]
      return followRun(temporal, { runId, workflowId: working }, json, opening)
    }
    const resumed = await resumedRun(temporal, { configuration, store, run })
    if (resumed === undefined) {
      throw new CommandError(
        `There is no run ${runId} in ${store.location} to resume. Check its name, and runStore in ${configuration.file}`,
      )
    }
    if (resumed.note !== undefined && !json) console.error(resumed.note)
    await startRun(temporal, { ...resumed, run, command: `sflink sync resume ${runId}` })
    await followRun(temporal, run, json)
  }, config)
}

/** A plan that failed is made again; nothing of it was sent. */
function isPlan(runId: string, state: StoredRunState, sync = 'NAME'): CommandError {
  const next =
    state === 'planned' ? `Apply it: sflink sync run --plan ${runId}` : `Plan again: sflink sync plan ${sync}`
  return new CommandError(`The run ${runId} is a plan, which sends nothing, so there is nothing to resume. ${next}`)
}

function tellEnded(report: RunReport, json: boolean): void {
  if (json) {
    printReport(report, json)
    return
  }
  const { runId } = report
  console.log(
    `The run ${runId} has ended: ${report.outcome}; every record has its result and there is nothing to resume. See: sflink sync results ${runId}`,
  )
  process.exitCode = exitCodeOf(report)
}

/** The workflow that executes the run now. */
async function workingOn(
  temporal: TemporalAccess,
  workflowIds: readonly RunName['workflowId'][],
): Promise<string | undefined> {
  for (const workflowId of new Set(workflowIds)) {
    const found = await temporal.client.workflow
      .getHandle(workflowId)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined
        throw error
      })
    if (found?.status.name === 'RUNNING') return workflowId
  }
  return undefined
}
