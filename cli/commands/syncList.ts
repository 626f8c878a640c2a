import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { compareStarts } from '../../loader/runs/runSummary.ts'
import { titleOf } from '../../loader/spec/runTitle.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { shownUri } from '../../loader/storage/uris.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { type ListedRun, readRuns, withWorking, workingRuns } from '../allRuns.ts'
import { columns, printJson } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'

/** The syncs of the configuration, each with its last run. */
export async function syncList({ json, config }: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const { file, syncs, schedules } = configuration
  const last = lastRuns(await runsOf(configuration, config))
  const listed = [...syncs].map(([sync, spec]) => {
    const { object, operation, connection, source } = titleOf(spec, sync)
    const run = last.get(sync)
    return {
      ...{ sync, operation, object, connection, source: shownUri(source) },
      ...present({ schedule: schedules.get(sync)?.crons.join('; ') }),
      ...(run === undefined
        ? {}
        : { lastRun: present({ runId: run.runId, startedAt: run.startedAt, state: run.state }) }),
    }
  })
  if (json) return printJson(listed)
  if (listed.length === 0) {
    console.error(`${file} has no syncs. Add one below syncs:, see "A real org" in README.md`)
    return
  }
  const rows = listed.map(({ sync, operation, object, connection, source, schedule, lastRun }) => [
    ...[sync, operation, object, connection, source, schedule ?? '-'],
    lastRun === undefined
      ? '-'
      : `${lastRun.startedAt?.replace('T', ' ') ?? ''} ${lastRun.state?.replaceAll('_', ' ')}`.trim(),
  ])
  const head = ['SYNC', 'OPERATION', 'OBJECT', 'CONNECTION', 'SOURCE', 'SCHEDULE', 'LAST RUN (UTC)']
  console.log(columns(rows, { head, drop: ['CONNECTION', 'OPERATION', 'SCHEDULE'] }))
}

/** No runs, and the reason on standard error, when the run store cannot be read. */
async function runsOf({ runStore, baseDirectory }: Configuration, config: string | undefined) {
  try {
    const [runs, working] = await Promise.all([readRuns(openRunStores(runStore, baseDirectory)), workingRuns(config)])
    if (!working.known) console.error(`${working.reason}. Until then no run is shown as running`)
    return withWorking(runs, working)
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    console.error(`${error.message}. Until then no last run is shown`)
    return []
  }
}

function lastRuns(runs: readonly ListedRun[]): ReadonlyMap<string, ListedRun> {
  const oldestFirst = runs.toSorted(compareStarts)
  return new Map(oldestFirst.flatMap(run => (run.sync === undefined || run.plans ? [] : [[run.sync, run] as const])))
}
