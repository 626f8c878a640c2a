// The load, with one of its two workers killed midway, and the facts about it from Temporal's history.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'
import { indented } from '../printing.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { logOf, PLACE } from './place.ts'

export const SYNC = 'cluster-contacts'
const POLL_MS = 50

export type Load = {
  readonly runId: string
  readonly report: RunReport
  /** Activities that each worker started, by its process id. */
  readonly activities: ReadonlyMap<number, number>
  /** Activities that started again after a timeout, most likely on another worker. */
  readonly restarted: number
  /** Records settled when the worker was killed. */
  readonly settledAtKill: number
  readonly seconds: number
}

export type Workers = { readonly killed: Running; replace(): Promise<unknown> }

/** Throws WorkflowFailedError when the run fails, Error when it ends before the worker is killed. */
export async function loadWithKill(
  processes: Processes,
  address: string,
  environment: NodeJS.ProcessEnv,
  workers: Workers,
): Promise<Load> {
  const started = Date.now()
  const runId = await startRun(processes, environment)
  const connection = await Connection.connect({ address })
  try {
    const handle = new Client({ connection }).workflow.getHandle(workflowIdOfRun(runId))
    const follow = [PLACE.command, 'sync', 'status', runId, '--follow']
    const following = processes.runHere(follow, { folder: PLACE.folder, environment })
    const progress = () => handle.query<SyncProgress>('progress').catch(() => undefined)
    const settledAtKill = await untilHalfWay(progress)
    await workers.killed.end('SIGKILL')
    // The progress bar stays on its line on a terminal; print below it.
    if (process.stdout.isTTY) console.log()
    const [pid, count] = [workers.killed.pid, settledAtKill.toLocaleString('en-US')]
    indented([`Worker 1, process ${pid}, was killed with SIGKILL after ${count} records; a new worker starts`])
    await workers.replace()
    await following
    const report = (await handle.result()) as RunReport
    const seconds = (Date.now() - started) / 1000
    return { runId, report, settledAtKill, seconds, ...(await activitiesOf(handle)) }
  } finally {
    await connection.close()
  }
}

async function startRun(processes: Processes, environment: NodeJS.ProcessEnv): Promise<string> {
  const log = logOf('sync-run')
  await processes.runToEnd({
    ...{ name: 'Starting the load', folder: PLACE.folder, environment, log },
    args: [PLACE.command, 'sync', 'run', SYNC, '--detach', '--json'],
  })
  const runId = /"runId":"([^"]+)"/.exec(await readFile(log, 'utf8'))?.[1]
  if (runId === undefined) throw new Error(`Starting the load printed no run id. Its log is ${log}`)
  return runId
}

async function untilHalfWay(progress: () => Promise<SyncProgress | undefined>): Promise<number> {
  for (;;) {
    const now = await progress()
    if (now?.stage === 'aggregating' || now?.stage === 'done') {
      throw new Error('The load ended before a worker could be killed. Load more records: --records 100000')
    }
    if (now !== undefined && now.records > 0 && now.settled >= now.records / 2) return now.settled
    await sleep(POLL_MS)
  }
}

type Handle = ReturnType<Client['workflow']['getHandle']>

async function activitiesOf(handle: Handle): Promise<Pick<Load, 'activities' | 'restarted'>> {
  const { events } = await handle.fetchHistory()
  const started = (events ?? []).flatMap(event => event.activityTaskStartedEventAttributes ?? [])
  const activities = new Map<number, number>()
  for (const { identity } of started) {
    const pid = Number.parseInt(identity ?? '', 10)
    activities.set(pid, (activities.get(pid) ?? 0) + 1)
  }
  return {
    activities,
    restarted: started.filter(({ attempt, lastFailure }) => (attempt ?? 1) > 1 && lastFailure?.timeoutFailureInfo)
      .length,
  }
}
