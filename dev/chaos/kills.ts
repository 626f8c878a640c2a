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

/** With fewer workers than this no worker is killed: loads would not get far enough to be hit where it matters. */
const FEWEST_WORKERS = 2
/** Others take a step over after 30 seconds without a heartbeat. */
const [SHORT_STOP, LONG_STOP] = [3_000, 42_000] as const

const NOTHING = async (): Promise<void> => {}

export const killsIn = (toll: Toll): number => KILL_KINDS.reduce((sum, kind) => sum + (toll.get(kind) ?? 0), 0)

/** Resolves when the number of kills is reached, and every process that was stopped works again. */
export async function killUntil(killing: Killing, workers: Workers): Promise<void> {
  const { toll } = killing
  const background = new Set<Promise<void>>()
  while (killsIn(toll) < killing.kills && !killing.signal.aborted) {
    await sleep(killing.draw.between(100, killing.longestPause))
    const effect = await strike(killing, workers, killing.draw.weighted(WEIGHTS))
    const tracked: Promise<void> = effect().finally(() => background.delete(tracked))
    background.add(tracked)
  }
  await Promise.all(background)
}

/** Resolves to what happens meanwhile: a process ends and starts again, or continues later. */
async function strike(
  { scene, draw, commands, toll }: Killing,
  workers: Workers,
  kind: KillKind | StopKind,
): Promise<() => Promise<void>> {
  const add = () => toll.set(kind, (toll.get(kind) ?? 0) + 1)
  const signal = kind.endsWith('SIGKILL') ? 'SIGKILL' : 'SIGTERM'
  if (kind.startsWith('Temporal')) {
    await scene.temporal.restart(signal)
    add()
    return NOTHING
  }
  if (kind.startsWith('command')) {
    if (commands.size === 0) return NOTHING
    add()
    const command = draw.pick([...commands])
    return () => command.end(signal)
  }
  const free = workers.slots.filter(slot => slot.running !== undefined && !slot.busy)
  const candidates = kind === 'worker cut off from Temporal' ? free.filter(({ number }) => number === 1) : free
  if (free.length <= FEWEST_WORKERS || candidates.length === 0) return NOTHING
  const slot = draw.pick(candidates)
  const stopFor = draw.between(SHORT_STOP, LONG_STOP)
  slot.busy = true
  add()
  if (kind === 'worker stopped and continued') return () => pause(slot, stopFor)
  if (kind === 'worker cut off from Temporal') return () => cutOff(scene, slot, stopFor)
  return () => replace(scene, workers, slot, signal)
}
