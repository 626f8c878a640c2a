// One load of the storm: its faults, its runs, and what the org says about their results.
import { setTimeout as sleep } from 'node:timers/promises'
import Papa from 'papaparse'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import type { Running } from '../processes/processes.ts'
import { drawFrom } from './draw.ts'
import type { FaultKind, NamedFault } from './faults.ts'
import type { ChaosOrg } from './org.ts'
import type { Interference, LoadPlan } from './plan.ts'
import { adoptOthers, progressOf, type RunLife, runsFrom, runToReport, takenOverIn, undoOf } from './runLife.ts'
import type { Scene } from './scene.ts'
import type { Site } from './sites.ts'
import { cellsOf, rowsOf } from './source.ts'
import { judgeUndo } from './undoVerdict.ts'
import { judge, type OrgRecord, type ResultLine, type Verdict } from './verdict.ts'
import { writeSource } from './writtenSource.ts'

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
  /** Of the run that has undone the load; absent when nothing was undone. */
  readonly undone?: Verdict
  /** Records of the org that were there before the load or that it wrote. */
  readonly records: number
}

const WATCH_MS = 2_000

export async function loadToEnd(place: LoadPlace, plan: LoadPlan): Promise<EndedLoad> {
  const { scene, org } = place
  const site = scene.sites[plan.store]
  const rows = rowsOf(plan)
  const ids = await org.seed(rows)
  const { uri, options } = await writeSource(scene.folder, plan.name, plan.form, cellsOf(rows, ids))
  const args = [
    ...['sync', 'run', plan.shape, ...options, '--set', `undo=${plan.undo !== undefined}`],
    ...['--set', `connection=${org.name}`, '--set', `engine=${plan.engine}`],
  ]
  const { name: marker } = plan
  const loading = { marker, args, name: marker, runs: runsFrom(site, uri), count: plan.runs, faults: plan.faults }
  const { interference, cancelAfter } = plan
  const load = await withFaults(place, site, {
    ...loading,
    ...(interference === undefined ? {} : { interference }),
    ...(cancelAfter === undefined ? {} : { cancelAfter }),
  })
  const { records, lines: results, isHung, ...facts } = load
  const ended = { ...facts, plan, records: records.length }
  if (isHung) return ended
  const verdict = judge({ shape: plan.shape, rows, ids, results, records })
  const [runId] = load.runs
  const [written = []] = results
  if (plan.undo === undefined || runId === undefined || !written.some(isToUndo)) return { ...ended, verdict }
  const undoing = { marker, args: ['sync', 'undo', runId], name: `${marker}.undo`, runs: undoOf(site, runId), count: 1 }
  const undo = await withFaults(place, site, { ...undoing, faults: plan.undo })
  const hits = new Map(load.hits)
  for (const [kind, count] of undo.hits) hits.set(kind, (hits.get(kind) ?? 0) + count)
  const both = {
    ...{ ...ended, hits, records: undo.records.length },
    earlyEnds: [...load.earlyEnds, ...undo.earlyEnds],
    takenOver: [...load.takenOver, ...undo.takenOver],
  }
  if (undo.isHung) return both
  const [lines = []] = undo.lines
  return { ...both, verdict, undone: judgeUndo({ rows, written, loaded: records, lines, records: undo.records }) }
}

const isToUndo = ({ status, outcome }: ResultLine): boolean => status === 'true' && outcome !== 'unchanged'

type Loading = Pick<RunLife, 'args' | 'name' | 'runs' | 'cancelAfter'> & {
  /** Begins the markers of the rows. */
  readonly marker: string
  /** Runs at the same time. */
  readonly count: number
  readonly faults: readonly NamedFault[]
  readonly interference?: Interference
}

type Loaded = Pick<EndedLoad, 'runs' | 'hits' | 'interfered' | 'earlyEnds' | 'takenOver'> & {
  /** The results of each run. */
  readonly lines: readonly (readonly ResultLine[])[]
  /** Those of the org, at the end. */
  readonly records: readonly OrgRecord[]
  readonly isHung: boolean
}

/** Executes the runs of a load, or the undo of one, while the org has faults. */
async function withFaults(
  { scene, org, commands, seed, hungAfter }: LoadPlace,
  site: Site,
  { count, faults, interference: how, marker, ...given }: Loading,
): Promise<Loaded> {
  const ended = new AbortController()
  const hung = new AbortController()
  await org.addFaults(faults)
  const interference = how && org.interfere(how, ended.signal)
  const earlyEnds: string[] = []
  const life: RunLife = {
    ...{ ...given, scene, site, commands, taken: new Set(), signal: hung.signal },
    draw: drawFrom(seed, streamOf(given.name)),
    onEarlyEnd: reason => earlyEnds.push(reason),
  }
  const watching = watch(life, { hung, hungAfter, ended: ended.signal })
  const runs = await allRuns(life, count).catch(error => {
    if (hung.signal.aborted) return []
    throw error
  })
  ended.abort()
  await watching
  const interfered = (await interference) ?? false
  const hits = await org.clearFaults()
  const records = await org.records(`${marker}-`)
  const takenOver = (await Promise.all(runs.map(runId => takenOverIn(scene, site, runId)))).flat()
  const lines = await Promise.all(runs.map(runId => linesOf(site, runId)))
  return { runs, hits, interfered, earlyEnds, takenOver, lines, records, isHung: hung.signal.aborted }
}

async function allRuns(life: RunLife, count: number): Promise<readonly string[]> {
  const lives = Array.from({ length: count }, (_, index) => ({ ...life, name: `${life.name}.run${index + 1}` }))
  const ended = await Promise.all(lives.map(runToReport))
  for (const runId of ended) life.taken.add(runId)
  return [...ended, ...(await adoptOthers(life))]
}

/** Aborts `hung` when no run of the load makes progress. */
async function watch(
  { site, taken, name }: RunLife,
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
    const states = await Promise.all([...taken].map(runId => progressOf(site, runId).catch(() => undefined)))
    const state = states.join()
    // Time without Temporal does not count.
    if (state !== last || states.includes(undefined)) since = Date.now()
    last = state
    if (Date.now() - since < hungAfter) continue
    for (const runId of taken) {
      await site.client.workflow
        .getHandle(workflowIdOfRun(runId))
        .terminate('hangs')
        .catch(() => {})
    }
    hung.abort(new Error(`${name} hangs: no progress for ${hungAfter / 1000} s`))
    return
  }
}

/** Throws Error for a run without results. */
async function linesOf(site: Site, runId: string): Promise<readonly ResultLine[]> {
  const text = await site.read(runId, 'results.csv')
  if (text === undefined) throw new Error(`The run ${runId} has no results.csv`)
  return Papa.parse<ResultLine>(text.trimStart(), { header: true, skipEmptyLines: true }).data
}

/** A number of its own for each name, so that the decisions of a load do not depend on the others. */
function streamOf(name: string): number {
  return [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
}
