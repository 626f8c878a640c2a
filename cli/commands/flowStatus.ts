// Commands that show flows and their runs, and stop one.
import { loadConfiguration } from '../../config/environment.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import { runNameOf } from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { progressOf } from '../../packages/client/followRun.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { pausedText, resumeCommand } from '../../workflows/page/pausedText.ts'
import { type ListedRun, readRuns, withWorking, workingRuns } from '../allRuns.ts'
import { columns, printJson } from '../columns.ts'
import { earlyEndError, endState, printEarlyEnd } from '../endOfRun.ts'
import { timeText } from '../findRun.ts'
import { type FoundFlow, findFlow } from '../flows/findFlow.ts'
import { progressTable } from '../flows/flowText.ts'
import { flowProgress, followFlow, printFlow } from '../flows/followFlow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { countsText } from '../progress/progressText.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'

type StatusOptions = SharedOptions & { readonly follow?: boolean }

export async function flowStatus(either: string, { json = false, follow, config }: StatusOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await findFlow(temporal, either)
    if (found.description.status.name === 'RUNNING') {
      return follow ? followFlow(temporal, found.run, json) : printProgress(temporal, found, json)
    }
    const report = await found.handle.result().catch((failure: unknown) => {
      const error = earlyEndError(found, failure)
      printEarlyEnd(found, json, error instanceof Error ? error.message : String(error))
      throw error
    })
    await printFlow(temporal, report, json)
  }, config)
}

async function printProgress(temporal: TemporalAccess, found: FoundFlow, json: boolean): Promise<void> {
  const { runId, handle, startedAt } = found
  const progress = await flowProgress(handle).catch(() => undefined)
  if (json) return printJson(progress ?? { runId })
  const rows = [
    ['Run', runId],
    ['Started', timeText(startedAt)],
    ...(progress === undefined
      ? []
      : [['Now', `${progress.step.what}, since ${timeText(new Date(`${progress.step.since}Z`))}`]]),
    ...(await runningRows(temporal, progress?.syncs.find(({ state }) => state === 'running')?.runId)),
  ]
  console.log(columns(rows))
  if (progress !== undefined) {
    if (progress.syncs.length > 0) console.log(`\n${progressTable(progress)}`)
    return
  }
  const missing = await missingWorkers(temporal.client)
  console.error(
    isMissing(missing)
      ? missingWorkerLine(temporal, missing, ', so the run waits')
      : 'The worker did not report the progress; ask again.',
  )
}

/** The progress of the run in progress. */
async function runningRows({ client }: TemporalAccess, runId: string | undefined): Promise<readonly string[][]> {
  if (runId === undefined) return []
  const progress = await progressOf(client.workflow.getHandle(runNameOf(runId).workflowId)).catch(() => undefined)
  if (progress === undefined) return []
  const { paused } = progress
  const records = countsText(progress, { perSecond: 0 })
  return [
    ...(records === '' ? [] : [['Records', records]]),
    ...(paused === undefined ? [] : [['Paused', `${pausedText(paused)}. Resume it: ${resumeCommand(runId)}`]]),
  ]
}

/** Its run in progress is asked to stop too. Does nothing to a flow that has ended. */
export async function flowCancel(either: string, { config }: { readonly config?: string }): Promise<void> {
  await withTemporal(async temporal => {
    const { runId, handle, description } = await findFlow(temporal, either)
    if (description.status.name !== 'RUNNING') {
      console.log(`The run ${runId} of the flow has ended: ${endState(description)}; nothing to stop`)
      return
    }
    await handle.cancel()
    console.log(
      `Run ${runId} of the flow was asked to stop, and so was the sync in progress. Records already sent are still accounted for: sflink flow status ${runId} --follow`,
    )
  }, config)
}

/** The flows of the configuration, each with its last run. */
export async function flowList({ json, config }: SharedOptions): Promise<void> {
  const { file, flows, schedules, runStore, baseDirectory } = await loadConfiguration(config, {
    credentials: 'optional',
  })
  const runs = await runsOf(openRunStores(runStore, baseDirectory), config)
  const listed = [...flows].map(([flow, { syncs }]) => ({
    ...{ flow, syncs },
    ...present({ schedule: schedules.get(flow)?.crons.join('; '), lastRun: lastRunOf(flow, syncs, runs) }),
  }))
  if (json) return printJson(listed)
  if (listed.length === 0) {
    console.error(`${file} has no flows. Add one below flows:, such as campaign: { syncs: [accounts, contacts] }`)
    return
  }
  const rows = listed.map(({ flow, syncs, schedule, lastRun }) => [
    ...[flow, syncs.join(', '), schedule ?? '-'],
    lastRun === undefined ? '-' : `${lastRun.runId} (${lastRun.sync}: ${lastRun.state.replaceAll('_', ' ')})`,
  ])
  console.log(columns(rows, { head: ['FLOW', 'SYNCS', 'SCHEDULE', 'LAST RUN'], drop: ['SCHEDULE'] }))
}

/** undefined when the run store can't be read: the flows are listed in any case. */
async function runsOf(stores: ReturnType<typeof openRunStores>, config?: string): Promise<readonly ListedRun[]> {
  try {
    return withWorking(await readRuns(stores), await workingRuns(config))
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    console.error(error.message)
    return []
  }
}

type LastRun = { readonly runId: string; readonly sync: string; readonly state: string; readonly startedAt: string }

/** The run of the flow whose sync began last, and that sync. Plans are not counted, as in the list of syncs. */
function lastRunOf(flow: string, syncs: readonly string[], runs: readonly ListedRun[]): LastRun | undefined {
  const name = new RegExp(`^([^.]+)\\.(${flow}\\..+)$`)
  const found = runs.flatMap(({ runId, state, plans, startedAt = '' }) => {
    const [, sync, ofFlow] = name.exec(runId) ?? []
    return plans || sync === undefined || ofFlow === undefined ? [] : [{ runId: ofFlow, sync, state, startedAt }]
  })
  // Syncs that began in one second, in the order of the flow.
  const byBegin = (a: LastRun, b: LastRun) =>
    Number(a.startedAt > b.startedAt) - Number(a.startedAt < b.startedAt) ||
    syncs.indexOf(a.sync) - syncs.indexOf(b.sync)
  return found.toSorted(byBegin).at(-1)
}
