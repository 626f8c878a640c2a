// A load without Temporal: the steps of the workflow syncRecords one after another, on a store in memory and a scripted org.
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import Papa from 'papaparse'
import { vi } from 'vitest'
import { isScanned } from '../../../loader/plan/scannedPlan.ts'
import { searchedOperations } from '../../../loader/plan/syncPlan.ts'
import { aggregatePlan } from '../../../loader/protocol/aggregate/aggregatePlan.ts'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import type { Turns } from '../../../loader/protocol/bulk/settleChunk.ts'
import { PLAN_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import { matchRecords } from '../../../loader/protocol/match/matchRecords.ts'
import { findParents } from '../../../loader/protocol/parents/findParents.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { scanSource } from '../../../loader/protocol/scan/scanSource.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { type StagedSource, withoutUnmatched } from '../../../loader/protocol/staged.ts'
import { contentFiles } from '../../../loader/sources/contentFiles.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import { openSource } from '../../../loader/sources/open.ts'
import type { SourceOpening, SourceReader } from '../../../loader/sources/sourceReader.ts'
import type { Step } from '../../../loader/step.ts'
import type { RunStores } from '../../../loader/storage/runStore.ts'
import { s3Access } from '../../../loader/storage/s3Client.ts'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { CONTACT, planOf, type SpecParts, specOf } from '../../rig/describes.ts'
import { type Files, memoryRunStore } from './memoryRunStore.ts'
import { sendAll } from './memorySending.ts'
import { type Answer, ScriptedOrg, USER_ID } from './scriptedOrg.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

export type Records = readonly Readonly<Record<string, string>>[]

export const RUN_ID = 'run'

/** State that outlives every worker: the files of one run, and the org. */
export type World = {
  readonly runId: string
  readonly files: Files
  readonly org: ScriptedOrg
  /** The files of all runs of the run store, by run id. */
  readonly runs: Map<string, Files>
  /** How the records of an update by a key field are searched for. */
  matchLimits?: MatchLimits
  /** Where the files are that rows name. */
  dataDirectory?: string
  /** The rows of its source, if that is a file. */
  source?: Records
}

/** By a query job, whatever the number of keys; the keys of two records are in memory at a time. */
export const BY_QUERY_JOB: MatchLimits = {
  ...MATCH_LIMITS,
  jobKeys: 1,
  keptRatio: 0,
  joinedRecords: 2,
  comparedRecords: 2,
  firstPoll: 0,
}

/** A planned run of these records, and its org. */
export function newWorld(records: Records, parts: Partial<SpecParts> = {}, describe = CONTACT): World {
  return newRun({ runId: RUN_ID, org: new ScriptedOrg(), runs: new Map() }, records, parts, describe)
}

/** A second run for the same org, in the same run store unless `runs` is given. */
export function otherRun(world: World, records: Records, parts: Partial<SpecParts> = {}, runs = world.runs): World {
  return newRun({ runId: 'other', org: world.org, runs }, records, parts)
}

function newRun(place: Omit<World, 'files'>, records: Records, parts: Partial<SpecParts>, describe = CONTACT): World {
  const given: SpecParts = {
    fields: { LastName: 'last' },
    identityFields: ['last'],
    resultColumns: ['id', 'created', 'errorcode'],
    engine: 'collections',
    ...parts,
    resend: { lostAnswerWait: 0, ...parts.resend },
    source: { inline: [...records] },
  }
  const run: PlannedRun = {
    spec: specOf(given),
    plan: planOf(given, describe),
    userId: USER_ID,
    warnings: [],
    startedAt: 0,
  }
  const files: Files = new Map([[PLAN_FILE, JSON.stringify(run)]])
  place.runs.set(place.runId, files)
  return { ...place, files }
}

/** The run with its records in a file, which may change. */
export function fromFile(world: World, source: Records): World {
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
  const spec = {
    ...run.spec,
    source: specOf({ fields: { LastName: 'last' }, source: { uri: 'file:people.csv' } }).source,
  }
  world.files.set(PLAN_FILE, JSON.stringify({ ...run, spec }))
  return { ...world, source }
}

/** Opens a file with these rows. */
export async function openFile(rows: Records, { onBytes }: Pick<SourceOpening, 'onBytes'>): Promise<SourceReader> {
  const bytes = Buffer.from(`${Papa.unparse([...rows], { newline: '\n' })}\n`)
  await onBytes?.(bytes)
  return readCsv(Readable.from([bytes]), { description: 'people.csv', skipEmptyRows: true })
}

/** The dependencies of the steps, for one worker. */
export function dependenciesOf(
  { files, org, runs, dataDirectory, source: rows }: World,
  worker = new SimulatedWorker(),
) {
  const store = memoryRunStore(files, worker)
  const runStores: RunStores = {
    location: 'memory:',
    open: runId => memoryRunStore(runs.get(runId) ?? new Map(), worker),
    runIds: async function* () {
      yield* runs.keys()
    },
    removeRun: async runId => void runs.delete(runId),
  }
  const connection = org.connection(worker)
  const places = {
    baseDirectory: '/',
    dataDirectories: dataDirectory === undefined ? [] : [dataDirectory],
    s3: s3Access(),
  }
  return {
    sync: () => undefined,
    syncNames: [],
    allow: undefined,
    databases: new Map(),
    scheduleZone: () => undefined,
    connectionWarnings: () => [],
    runStore: () => store,
    runStores,
    syncStore: () => store,
    connection: () => connection,
    openSource: (...[source, opening]: Parameters<Parameters<typeof stageSource>[0]['openSource']>) =>
      'uri' in source && rows !== undefined ? openFile(rows, opening) : openSource(source, { ...places, ...opening }),
    contentFiles: contentFiles(() => places),
  }
}

export const stepOf = (attempt = 1): Step & Turns => ({
  signal: new AbortController().signal,
  isCancelled: () => false,
  heartbeat: () => undefined,
  attempt,
  inTurn: match => match(),
  searchInTurn: (_, search) => search(),
})

/** Attempts of a step; a scripted org needs a few, a second worker that waits for the first one more. */
const MAX_STEP_ATTEMPTS = 1_000

/** Lets time pass, by both clocks of the process. The clocks are real again after the test (test/rig/realTime.ts). */
export function passTime(milliseconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'performance'] })
  vi.advanceTimersByTime(milliseconds)
}

/** Repeats a step as Temporal does: a wait takes its time, other delays take none. Throws what Temporal does not retry. */
export async function retried<T>(step: (attempt: ReturnType<typeof stepOf>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step(stepOf(attempt))
    } catch (error) {
      const isRetried = error instanceof LinkError && ['transient', 'limit', 'waiting'].includes(error.kind)
      if (!isRetried || attempt >= MAX_STEP_ATTEMPTS) throw error
      if (error.kind === 'waiting') passTime(error.retryAfter ?? 0)
      await setImmediate()
    }
  }
}

type LoadDependencies = ReturnType<typeof dependenciesOf>

/** Runs one step by its name, and repeats it as Temporal does. */
export type RunStep = <T>(
  name: string,
  work: (dependencies: LoadDependencies, step: ReturnType<typeof stepOf>) => Promise<T>,
) => Promise<T>

/** Loads the whole run; continues a run that was begun before. */
export async function load(world: World, worker = new SimulatedWorker()): Promise<RunReport> {
  const dependencies = dependenciesOf(world, worker)
  return loadThrough(world, (_, work) => retried(step => work(dependencies, step)))
}

/** Loads a planned run, each of its steps through `run`. */
export async function loadThrough(world: World, run: RunStep, execution = 'first'): Promise<RunReport> {
  const { runId } = world
  await scan(world, run, execution)
  const staged = await run('stageSource', (dependencies, step) => stageSource(dependencies, { runId }, step))
  await sendAll(runId, await match(world, staged, run), run)
  const input = { runId, inlineResults: false, ended: 'completed' } as const
  return run('aggregateResults', (dependencies, step) => aggregateResults(dependencies, input, step))
}

const planIn = (files: Files) => (JSON.parse(files.get(PLAN_FILE) ?? '') as PlannedRun).plan

/** The records of some sources are all looked at before they are staged, and their parents are searched for. */
async function scan({ runId, files, matchLimits }: World, run: RunStep, execution = 'first'): Promise<void> {
  // Without a plan the next step fails.
  if (!files.has(PLAN_FILE) || !isScanned(planIn(files))) return
  const { lookups } = await run('scanSource', (dependencies, step) =>
    scanSource(dependencies, { runId, execution }, step),
  )
  if (lookups === undefined) return
  await run('findParents', (dependencies, step) => findParents(dependencies, { runId }, step, matchLimits))
}

/** Some records are first searched for in the org. */
async function match({ runId, files, matchLimits }: World, staged: StagedSource, run: RunStep): Promise<StagedSource> {
  const searched = searchedOperations(planIn(files))
  if (!staged.chunks.some(({ operation }) => searched.includes(operation))) return staged
  const matched = await run('matchRecords', (dependencies, step) =>
    matchRecords(dependencies, { runId }, step, matchLimits),
  )
  return withoutUnmatched(staged, matched)
}

/** Makes a run one that is planned before it is loaded. */
export function asPlan(world: World): World {
  const { files } = world
  const run = JSON.parse(files.get(PLAN_FILE) ?? '') as PlannedRun
  files.set(PLAN_FILE, JSON.stringify({ ...run, plan: { ...run.plan, compares: true }, isPlan: true }))
  return world
}

/** Plans the run; `load` applies the plan. */
export async function plan(world: World, worker = new SimulatedWorker()): Promise<PlanReport> {
  const dependencies = dependenciesOf(world, worker)
  return planThrough(world, (_, work) => retried(step => work(dependencies, step)))
}

/** Plans a run, each of its steps through `run`. */
export async function planThrough(world: World, run: RunStep): Promise<PlanReport> {
  const { runId, matchLimits } = world
  await scan(world, run)
  await run('stageSource', (dependencies, step) => stageSource(dependencies, { runId }, step))
  await run('matchRecords', (dependencies, step) =>
    matchRecords(dependencies, { runId, plans: true }, step, matchLimits),
  )
  return run('aggregatePlan', (dependencies, step) => aggregatePlan(dependencies, { runId }, step))
}

export async function stage(world: World): Promise<StagedSource> {
  await scan(world, (_, work) => work(dependenciesOf(world), stepOf()))
  return stageSource(dependenciesOf(world), { runId: world.runId }, stepOf())
}

/** The lines of a CSV of the run. */
export function linesOf({ files }: World, path: string): Records {
  return Papa.parse<Record<string, string>>(files.get(path) ?? '', { header: true, skipEmptyLines: true }).data
}

/** The records of the org and their results, by last name. */
export function outcomeOf(world: World) {
  const results = linesOf(world, 'results.csv')
  const { records, recycleBin } = world.org
  const idsOf = (last: string | undefined) =>
    records.filter(record => record['LastName'] === last).map(record => record['Id'])
  return results.map(({ last, status, id, created, errorcode }) => {
    const ids = idsOf(last)
    const isDeleted = recycleBin.some(one => one['Id'] === id && one['LastName'] === last)
    const isRight = status === 'true' ? ids.includes(id) !== isDeleted : id === ''
    return { last, inOrg: ids.length, outcome: status === 'true' ? `created: ${created}` : errorcode, isRight }
  })
}

/** Records with a last name, a title and an External ID of their own; the one called Unkeyed has no External ID. */
export const people = (...names: readonly string[]): Records =>
  names.map((last, index) => ({ last, title: `Title ${index}`, ext: last === 'Unkeyed' ? '' : `K${index}` }))

/** The ways in which an answer is lost: before or after the org has applied the request. */
export const LOSSES = ['lostBefore', 'lostAfter'] as const satisfies readonly Answer[]
