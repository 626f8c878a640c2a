// The load with one of its two workers killed half-way, and what Temporal kept of it.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'
import type { Processes, Running } from '../demo/processes.ts'
import { indented } from '../demo/words.ts'
import { logOf, PLACE } from './place.ts'

export const SYNC = 'cluster-contacts'
const POLL_MS = 50

export type Load = {
  readonly runId: string
  readonly report: RunReport
  /** Steps that each worker began, by its process id. */
  readonly steps: ReadonlyMap<number, number>
  /** Steps that were begun a second time, by another worker most likely. */
  readonly begunAgain: number
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
    await workers.killed.kill()
    // Below the progress bar, which stays in its line on a terminal.
    if (process.stdout.isTTY) console.log()
    const [pid, count] = [workers.killed.pid, settledAtKill.toLocaleString('en-US')]
    indented([`Worker 1, process ${pid}, is killed (SIGKILL) after ${count} records; another starts`])
    await workers.replace()
    await following
    const report = (await handle.result()) as RunReport
    const seconds = (Date.now() - started) / 1000
    return { runId, report, settledAtKill, seconds, ...(await stepsOf(handle)) }
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
  if (runId === undefined) throw new Error(`Starting the load named no run. Its log is ${log}`)
  return runId
}

async function untilHalfWay(progress: () => Promise<SyncProgress | undefined>): Promise<number> {
  for (;;) {
    const now = await progress()
    if (now?.stage === 'aggregating' || now?.stage === 'done') {
      throw new Error('The load ended before a worker could be killed; give more of them: --records 100000')
    }
    if (now !== undefined && now.records > 0 && now.settled >= now.records / 2) return now.settled
    await sleep(POLL_MS)
  }
}

type Handle = ReturnType<Client['workflow']['getHandle']>

async function stepsOf(handle: Handle): Promise<Pick<Load, 'steps' | 'begunAgain'>> {
  const { events } = await handle.fetchHistory()
  const begun = (events ?? []).flatMap(event => event.activityTaskStartedEventAttributes ?? [])
  const steps = new Map<number, number>()
  for (const { identity } of begun) {
    const pid = Number.parseInt(identity ?? '', 10)
    steps.set(pid, (steps.get(pid) ?? 0) + 1)
  }
  return {
    steps,
    begunAgain: begun.filter(({ attempt, lastFailure }) => (attempt ?? 1) > 1 && lastFailure?.timeoutFailureInfo)
      .length,
  }
}
