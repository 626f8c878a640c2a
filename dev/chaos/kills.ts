// The kills of the storm, at random moments.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../processes/processes.ts'
import type { Draw } from './draw.ts'
import type { Scene } from './scene.ts'
import { cutOff, pause, replace, type Slot, type Workers } from './workers.ts'

export const KILL_KINDS = [
  'worker SIGKILL',
  'worker SIGTERM',
  'command SIGKILL',
  'command SIGTERM',
  'Temporal SIGKILL',
  'Temporal SIGTERM',
] as const
type KillKind = (typeof KILL_KINDS)[number]

/** What stops a process for a while; not counted as kills. */
export const STOP_KINDS = ['worker stopped and continued', 'worker cut off from Temporal'] as const
type StopKind = (typeof STOP_KINDS)[number]

/** What happened how often. */
export type Toll = Map<KillKind | StopKind, number>

export type Killing = {
  readonly scene: Scene
  readonly draw: Draw
  readonly commands: ReadonlySet<Running>
  readonly kills: number
  /** Counts what happens. */
  readonly toll: Toll
  /** Gets the name of each step that a killed worker was executing. */
  readonly struck: string[]
  /** Longest pause between two kills, in milliseconds. */
  readonly longestPause: number
  /** Ends the kills early. */
  readonly signal: AbortSignal
}

const WEIGHTS: readonly (readonly [KillKind | StopKind, number])[] = [
  ['worker SIGKILL', 55],
  ['worker SIGTERM', 9],
  ['command SIGKILL', 20],
  ['command SIGTERM', 8],
  ['Temporal SIGKILL', 3],
  ['Temporal SIGTERM', 1],
  ['worker stopped and continued', 3],
  ['worker cut off from Temporal', 2],
]

/** So many workers are always left: otherwise no load gets far enough to be hit where it matters. */
const FEWEST_WORKERS = 1
/** Of the kills of workers by SIGKILL. */
const ALL_AT_ONCE = 0.1
/** A strike waits this long for a step that runs: most steps are short. */
const STEP_WAIT = 2_000
const POLL_MS = 50
/** Others take a step over after 30 seconds without a heartbeat. */
const [SHORT_STOP, LONG_STOP] = [3_000, 42_000] as const

const NOTHING = async (): Promise<void> => {}

export const killsIn = (toll: Toll): number => KILL_KINDS.reduce((sum, kind) => sum + (toll.get(kind) ?? 0), 0)

/** On a fast machine few steps run long enough to be hit: so many times the kills are tried until one is. */
const MOST_TIMES = 5

/** Resolves when the number of kills is reached, one of them hit a step, and every process that was stopped works again. */
export async function killUntil(killing: Killing, workers: Workers): Promise<void> {
  const { toll, kills, struck } = killing
  const background = new Set<Promise<void>>()
  const isOver = () => killsIn(toll) >= kills && (struck.length > 0 || killsIn(toll) >= MOST_TIMES * kills)
  while (!isOver() && !killing.signal.aborted) {
    const decision = drawDecision(killing)
    await sleep(decision.pause)
    const effect = await strike(killing, workers, decision)
    const tracked: Promise<void> = effect().finally(() => background.delete(tracked))
    background.add(tracked)
  }
  await Promise.all(background)
}

type Decision = {
  readonly kind: KillKind | StopKind
  /** Milliseconds before it. */
  readonly pause: number
  /** Milliseconds for which a process is stopped. */
  readonly stopFor: number
  /** Chooses among the processes that exist then. */
  readonly place: number
  /** Whether all workers are killed at once: no running step survives. */
  readonly all: boolean
}

/** Always as many draws: a seed makes the same decisions, whatever happens in between. */
function drawDecision({ draw, longestPause }: Killing): Decision {
  return {
    kind: draw.weighted(WEIGHTS),
    pause: draw.between(100, longestPause),
    stopFor: draw.between(SHORT_STOP, LONG_STOP),
    place: draw.between(0, 999),
    all: draw.chance(ALL_AT_ONCE),
  }
}

/** Resolves to what happens meanwhile: a process ends and starts again, or continues later. */
async function strike(
  { scene, commands, toll, struck }: Killing,
  workers: Workers,
  { kind, stopFor, place, all }: Decision,
): Promise<() => Promise<void>> {
  const add = () => toll.set(kind, (toll.get(kind) ?? 0) + 1)
  const signal = kind.endsWith('SIGKILL') ? 'SIGKILL' : 'SIGTERM'
  if (kind.startsWith('Temporal')) {
    await scene.temporal.restart(signal)
    add()
    return NOTHING
  }
  if (kind.startsWith('command')) {
    const command = [...commands][place % Math.max(1, commands.size)]
    if (command === undefined) return NOTHING
    add()
    return () => command.end(signal)
  }
  await untilStepRuns(scene)
  const kill = async (slot: Slot) => {
    const pid = slot.running?.pid
    await replace(scene, workers, slot, signal)
    if (pid !== undefined && signal === 'SIGKILL') struck.push(...(await stepsOf(scene, pid)))
  }
  const free = workers.slots.filter(slot => slot.running !== undefined && !slot.busy)
  if (kind === 'worker SIGKILL' && all) {
    for (const slot of free) {
      slot.busy = true
      add()
    }
    return async () => {
      await Promise.all(free.map(slot => kill(slot)))
    }
  }
  const candidates = kind === 'worker cut off from Temporal' ? free.filter(({ number }) => number === 1) : free
  const slot = candidates[place % Math.max(1, candidates.length)]
  if (free.length <= FEWEST_WORKERS || slot === undefined) return NOTHING
  slot.busy = true
  add()
  if (kind === 'worker stopped and continued') return () => pause(slot, stopFor)
  if (kind === 'worker cut off from Temporal') return () => cutOff(scene, slot, stopFor)
  return () => kill(slot)
}

/** Temporal's number of a pending activity that a worker has started. */
const STARTED = 2

type Step = { readonly name: string; readonly worker: string }

/** The steps that workers have begun and not ended, also those of workers that are gone. */
async function* startedSteps({ sites }: Scene): AsyncGenerator<Step> {
  for (const { client } of Object.values(sites)) {
    for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
      const { raw } = await client.workflow.getHandle(workflowId).describe()
      for (const { state, activityType, lastWorkerIdentity } of raw.pendingActivities ?? [])
        if (state === STARTED) yield { name: activityType?.name ?? '', worker: lastWorkerIdentity ?? '' }
    }
  }
}

async function untilStepRuns(scene: Scene): Promise<void> {
  const isRunning = async (): Promise<boolean> => {
    for await (const _ of startedSteps(scene)) return true
    return false
  }
  const deadline = Date.now() + STEP_WAIT
  while (Date.now() < deadline && !(await isRunning().catch(() => false))) await sleep(POLL_MS)
}

/** The steps of a killed worker: no other one takes them over before the heartbeat is missed. Empty while Temporal is away. */
async function stepsOf(scene: Scene, pid: number): Promise<readonly string[]> {
  const names: string[] = []
  try {
    for await (const { name, worker } of startedSteps(scene)) if (worker.startsWith(`${pid}@`)) names.push(name)
  } catch {
    return []
  }
  return names
}
