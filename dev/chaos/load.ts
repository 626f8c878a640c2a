// One load of the storm: its faults, its runs, and what the org says about their results.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Papa from 'papaparse'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import type { Running } from '../processes/processes.ts'
import { drawFrom } from './draw.ts'
import type { FaultKind } from './faults.ts'
import type { ChaosOrg } from './org.ts'
import type { LoadPlan } from './plan.ts'
import { adoptOthers, progressOf, type RunLife, runToReport, takenOverIn } from './runLife.ts'
import type { Scene } from './scene.ts'
import { csvOf, rowsOf } from './source.ts'
import { judge, type ResultLine, type Verdict } from './verdict.ts'

export type LoadPlace = {
  readonly scene: Scene
  readonly org: ChaosOrg
  readonly commands: Set<Running>
  readonly seed: number
  /** Milliseconds without progress, while processes are started again and faults are limited in number, after which a load hangs. */
  readonly hungAfter: number
}

export type EndedLoad = {
  readonly plan: LoadPlan
  readonly runs: readonly string[]
  readonly hits: ReadonlyMap<FaultKind, number>
  readonly interfered: boolean
  /** Why runs ended before their report. */
  readonly earlyEnds: readonly string[]
  /** Names of the steps that another worker took over, because their worker was killed, stopped or cut off. */
  readonly takenOver: readonly string[]
  /** Absent for a load that hangs. */
  readonly verdict?: Verdict
  /** Records of the org that were there before the load or that it wrote. */
  readonly records: number
}

const WATCH_MS = 2_000

export async function loadToEnd(
  { scene, org, commands, seed, hungAfter }: LoadPlace,
  plan: LoadPlan,
): Promise<EndedLoad> {
  const rows = rowsOf(plan)
  const ids = await org.seed(rows)
  const source = `file:data/${plan.name}.csv`
  await writeFile(join(scene.folder, 'data', `${plan.name}.csv`), csvOf(rows, ids))
  const ended = new AbortController()
  const hung = new AbortController()
  await org.addFaults(plan.faults)
  const interference = plan.interference && org.interfere(plan.interference, ended.signal)
  const earlyEnds: string[] = []
  const life: RunLife = {
    ...{ scene, commands, source, name: plan.name, taken: new Set(), signal: hung.signal },
    draw: drawFrom(seed, streamOf(plan.name)),
    args: [
      ...['sync', 'run', plan.shape, '--source', source],
      ...['--set', `connection=${org.name}`, '--set', `engine=${plan.engine}`],
    ],
    onEarlyEnd: reason => earlyEnds.push(reason),
    ...(plan.cancelAfter === undefined ? {} : { cancelAfter: plan.cancelAfter }),
  }
  const watching = watch(life, { hung, hungAfter, ended: ended.signal })
  const runs = await allRuns(life, plan).catch(error => {
    if (hung.signal.aborted) return []
    throw error
  })
  ended.abort()
  await watching
  const interfered = (await interference) ?? false
  const hits = await org.clearFaults()
  const records = await org.records(`${plan.name}-`)
  const takenOver = (await Promise.all(runs.map(runId => takenOverIn(scene, runId)))).flat()
  const facts = { plan, takenOver, runs, hits, interfered, earlyEnds, records: records.length }
  if (hung.signal.aborted) return facts
  const results = await Promise.all(runs.map(runId => linesOf(scene, runId)))
  return { ...facts, verdict: judge({ shape: plan.shape, rows, results, records }) }
}

async function allRuns(life: RunLife, { runs, name }: LoadPlan): Promise<readonly string[]> {
  const lives = Array.from({ length: runs }, (_, index) => ({ ...life, name: `${name}.run${index + 1}` }))
  const ended = await Promise.all(lives.map(runToReport))
  for (const runId of ended) life.taken.add(runId)
  return [...ended, ...(await adoptOthers(life))]
}

/** Aborts `hung` when no run of the load makes progress. */
async function watch(
  { scene, taken, draw: _, ...life }: RunLife,
  {
    hung,
    hungAfter,
    ended,
  }: { readonly hung: AbortController; readonly hungAfter: number; readonly ended: AbortSignal },
): Promise<void> {
  let last = ''
  let since = Date.now()
  while (!ended.aborted) {
    await sleep(WATCH_MS)
    const states = await Promise.all([...taken].map(runId => progressOf(scene, runId).catch(() => undefined)))
    const state = states.join()
    // Time without Temporal does not count.
    if (state !== last || states.includes(undefined)) since = Date.now()
    last = state
    if (Date.now() - since < hungAfter) continue
    for (const runId of taken) {
      await scene.client.workflow
        .getHandle(workflowIdOfRun(runId))
        .terminate('hangs')
        .catch(() => {})
    }
    hung.abort(new Error(`${life.name} hangs: no progress for ${hungAfter / 1000} s`))
    return
  }
}

async function linesOf({ folder }: Scene, runId: string): Promise<readonly ResultLine[]> {
  const text = await readFile(join(folder, 'runs', runId, 'results.csv'), 'utf8')
  return Papa.parse<ResultLine>(text.trimStart(), { header: true, skipEmptyLines: true }).data
}

/** A number of its own for each name, so that the decisions of a load do not depend on the others. */
function streamOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
}
