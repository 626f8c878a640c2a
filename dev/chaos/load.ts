// One load of the storm: its faults, its runs, and what the org says about their results.
import { setTimeout as sleep } from 'node:timers/promises'
import Papa from 'papaparse'
import type { Running } from '../processes/processes.ts'
import { drawFrom } from './draw.ts'
import type { FaultKind, NamedFault } from './faults.ts'
import type { ChaosOrg } from './org.ts'
import type { Interference, LoadPlan } from './plan.ts'
import {
  adoptOthers,
  flowsFrom,
  flowUndoOf,
  progressOf,
  type RunLife,
  runsFrom,
  runToReport,
  takenOverIn,
  undoOf,
  workflowsOf,
} from './runLife.ts'
import type { Scene } from './scene.ts'
import { FLOW, RULES, syncsOf } from './shapes.ts'
import type { Site } from './sites.ts'
import { cellsOf, contentOf, fileOf, rowsOf, type SourceRow } from './source.ts'
import { judgeUndo } from './undoVerdict.ts'
import { judge, type OrgRecord, type ResultLine, type Verdict } from './verdict.ts'
import { writeFiles, writeSource } from './writtenSource.ts'

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
  const ids = await org.seed(plan, rows)
  const { uri, args } = await writeLoad(place, plan, rows, ids)
  const isFlow = plan.shape === FLOW
  const runsOfLoad = (isFlow ? flowsFrom : runsFrom)(site, uri)
  const loading = { plan, args, name: plan.name, runs: runsOfLoad, count: plan.runs, faults: plan.faults }
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
  const undoRuns = (isFlow ? flowUndoOf : undoOf)(site, runId)
  const undoing = { plan, args: [undoRuns.command, 'undo', runId], name: `${plan.name}.undo`, runs: undoRuns }
  const undo = await withFaults(place, site, { ...undoing, count: 1, faults: plan.undo })
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

/** Writes the sources and files of a load. Resolves to the command that loads them and to the URI of the first source. */
async function writeLoad(
  { scene: { folder }, org }: LoadPlace,
  plan: LoadPlan,
  rows: readonly SourceRow[],
  ids: ReadonlyMap<string, string>,
): Promise<{ readonly uri: string; readonly args: readonly string[] }> {
  const { name, shape, form, engine, undo } = plan
  if (RULES[shape].object === 'ContentVersion') {
    const contents = new Map(rows.map(({ marker }) => [fileOf(name, marker), contentOf(marker)]))
    await writeFiles(folder, contents)
  }
  const shared = [`undo=${undo !== undefined}`, `connection=${org.name}`, `engine=${engine}`]
  const write = (part: number) => {
    const own = rows.filter(row => row.part === part)
    return writeSource(folder, `${name}-${part}`, form, cellsOf(plan, own, ids))
  }
  const options = (settings: readonly string[]) => settings.flatMap(setting => ['--set', setting])
  if (shape !== FLOW) {
    const { uri, settings } = await write(1)
    return { uri, args: ['sync', 'run', shape, '--source', uri, ...options([...settings, ...shared])] }
  }
  const sources = await Promise.all(syncsOf(shape).map((_, index) => write(index + 1)))
  const settings = syncsOf(shape).flatMap((sync, index) => {
    const { uri = '', settings: own = [] } = sources[index] ?? {}
    return [`source.uri=${uri}`, ...own, ...shared].map(setting => `${sync}.${setting}`)
  })
  return { uri: sources[0]?.uri ?? '', args: ['flow', 'run', shape, ...options(settings)] }
}

const isToUndo = ({ status, outcome }: ResultLine): boolean => status === 'true' && outcome !== 'unchanged'

type Loading = Pick<RunLife, 'args' | 'name' | 'runs' | 'cancelAfter'> & {
  readonly plan: LoadPlan
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
  { count, faults, interference: how, plan, ...given }: Loading,
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
  const records = await org.records(plan)
  const workflows = runs.flatMap(runId => workflowsOf(given.runs, runId))
  const takenOver = (await Promise.all(workflows.map(id => takenOverIn(scene, site, id)))).flat()
  const lines = await Promise.all(
    runs.map(async runId => (await Promise.all(given.runs.partsOf(runId).map(part => linesOf(site, part)))).flat()),
  )
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
  { site, taken, name, runs }: RunLife,
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
    const states = await Promise.all([...taken].map(runId => progressOf(site, runs, runId).catch(() => undefined)))
    const state = states.join()
    // Time without Temporal does not count.
    if (state !== last || states.includes(undefined)) since = Date.now()
    last = state
    if (Date.now() - since < hungAfter) continue
    for (const workflowId of [...taken].flatMap(runId => workflowsOf(runs, runId))) {
      await site.client.workflow
        .getHandle(workflowId)
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
