// The storm: loads in several orgs at once on the same workers, while processes are killed and the orgs have faults.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Processes, Running } from '../processes/processes.ts'
import { drawFrom } from './draw.ts'
import type { FaultKind } from './faults.ts'
import { type JsforceToll, stormOnJsforce } from './jsforce.ts'
import { killsIn, killUntil, type Toll } from './kills.ts'
import { type EndedLoad, loadToEnd } from './load.ts'
import type { ChaosOptions } from './options.ts'
import { drawLoads } from './plan.ts'
import { ROOT, type Scene, setScene } from './scene.ts'
import type { Verdict } from './verdict.ts'
import { startWorkers } from './workers.ts'

export type StormOptions = ChaosOptions & {
  /** Orgs with one load at a time each. */
  readonly orgs: number
  readonly workers: number
  /** Longest pause between two kills, in milliseconds. */
  readonly longestPause: number
  /** Milliseconds without progress after which a load hangs. */
  readonly hungAfter: number
  /** Whether one more org has a load that meets the daily limit and waits ten minutes. */
  readonly limited: boolean
  /** Called after each load with the kills so far. */
  readonly onEnd?: (load: EndedLoad, kills: number) => void
}

export type Storm = {
  readonly seed: number
  readonly seconds: number
  readonly loads: readonly EndedLoad[]
  readonly toll: Toll
  /** Steps that killed workers were executing. */
  readonly struck: readonly string[]
  readonly hits: ReadonlyMap<FaultKind | 'job aborted or deleted', number>
  /** Workers that ended although no one stopped them. */
  readonly crashes: readonly string[]
  /** Records in the orgs beyond those that the loads account for: something wrote after the end of a load. */
  readonly late: number
  readonly jsforce: JsforceToll
  /** Logs, run store and problems. */
  readonly folder: string
}

/** Streams of decisions; a load has one of its own, too. */
const KILLS_STREAM = 1
const LOADS_STREAM = 100

/** The seed decides what happens; the moments depend on the machine. Throws ProcessEndedError, TemporalMissingError. */
export async function raiseStorm(processes: Processes, options: StormOptions): Promise<Storm> {
  const started = Date.now()
  const folder = join(ROOT, '.chaos', `${options.seed}-${process.pid}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const names = Array.from({ length: options.orgs }, (_, index) => `o${index + 1}`)
  const scene = await setScene(processes, folder, [...names, ...(options.limited ? ['limited'] : []), 'jsforce'])
  const workers = await startWorkers(scene, options.workers)
  const over = new AbortController()
  const commands = new Set<Running>()
  const jsforceOrg = scene.orgs.at(-1)
  if (jsforceOrg === undefined) throw new Error('The storm has no org')
  const { seed, records: largest } = options
  const toll: Toll = new Map()
  const struck: string[] = []
  const jsforce = stormOnJsforce({ processes, folder, seed, largest, org: jsforceOrg, signal: over.signal })
  // Awaited at the end; an error before then must not end the process.
  jsforce.catch(() => {})
  const loading = scene.orgs.slice(0, -1).map((_, index) => loadsIn(scene, index, { options, commands, toll, over }))
  const killing = {
    scene,
    commands,
    ...{ toll, struck },
    kills: options.kills,
    longestPause: options.longestPause,
    signal: over.signal,
  }
  const [, ...loads] = await Promise.all([
    killUntil({ ...killing, draw: drawFrom(seed, KILLS_STREAM) }, workers).finally(() => over.abort()),
    ...loading.map(each =>
      each.catch(error => {
        over.abort()
        throw error
      }),
    ),
  ])
  workers.over.abort()
  const ended = loads.flat()
  await scene.close()
  const storm = {
    ...{
      seed,
      folder,
      toll,
      struck,
      loads: ended,
      crashes: workers.crashes,
      hits: hitsOf(ended),
      jsforce: await jsforce,
    },
    late: await lateRecords(scene, ended),
    seconds: (Date.now() - started) / 1000,
  }
  await writeFile(join(folder, 'problems.json'), JSON.stringify(evidenceOf(storm), undefined, 1))
  return storm
}

type Loading = {
  readonly options: StormOptions
  readonly commands: Set<Running>
  readonly toll: Toll
  readonly over: AbortController
}

/** Of a run whose org has reached its daily limit, in milliseconds. */
const LIMIT_WAIT = 600_000

/** Loads one file after the other until the kills are reached; the last one ends without kills. */
async function loadsIn(
  scene: Scene,
  index: number,
  { options: { seed, records, hungAfter, limited: anyLimited, orgs, onEnd }, commands, toll, over }: Loading,
): Promise<readonly EndedLoad[]> {
  const org = scene.orgs[index]
  if (org === undefined) throw new Error(`There is no org ${index}`)
  const limited = anyLimited && index === orgs
  const ended: EndedLoad[] = []
  const place = { scene, org, commands, seed, hungAfter: hungAfter + (limited ? LIMIT_WAIT : 0) }
  const loads = drawLoads(drawFrom(seed, LOADS_STREAM + index), { org: org.name, largest: records, limited })
  for (const plan of loads) {
    if (over.signal.aborted) break
    const load = await loadToEnd(place, plan)
    onEnd?.(load, killsIn(toll))
    ended.push(load)
    // Another one might begin with the last kill, and would make everyone wait.
    if (limited) break
  }
  return ended
}

function hitsOf(loads: readonly EndedLoad[]): Storm['hits'] {
  const hits = new Map<FaultKind | 'job aborted or deleted', number>()
  const add = (kind: FaultKind | 'job aborted or deleted', count: number) =>
    hits.set(kind, (hits.get(kind) ?? 0) + count)
  for (const load of loads) {
    for (const [kind, count] of load.hits) add(kind, count)
    if (load.interfered) add('job aborted or deleted', 1)
  }
  return hits
}

async function lateRecords({ orgs }: Scene, loads: readonly EndedLoad[]): Promise<number> {
  const counts = await Promise.all(orgs.slice(0, -1).map(org => org.count()))
  return sum(counts) - sum(loads.map(({ records }) => records))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const hasProblems = (verdict: Verdict | undefined): boolean =>
  Object.values(verdict?.problems ?? {}).some(lines => lines.length > 0)

/** Every load with something to look into. */
function evidenceOf({ loads, crashes, late }: Pick<Storm, 'loads' | 'crashes' | 'late'>) {
  const suspicious = loads.filter(
    ({ verdict, undone, earlyEnds }) =>
      verdict === undefined || earlyEnds.length > 0 || [verdict, undone].some(hasProblems),
  )
  return { crashes, late, loads: suspicious.map(load => ({ ...load, hits: [...load.hits] })) }
}
