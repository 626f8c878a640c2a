// The workers of the storm: each that ends is started again, as a supervisor does it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../processes/processes.ts'
import type { Scene } from './scene.ts'

export type Slot = {
  /** From 1. */
  readonly number: number
  /** Absent while the worker is started again. */
  running?: Running
  /** Whether something is done to the worker. */
  busy: boolean
}

export type Workers = {
  readonly slots: readonly Slot[]
  /** Workers that ended although no one stopped them. */
  readonly crashes: string[]
  /** From then on no worker is started again. */
  readonly over: AbortController
}

/** Before a worker that did not start is started again. */
const RESTART_MS = 500

/** Starts in a row that fail: more than the kills of Temporal explain. */
const MOST_FAILED_STARTS = 40

export async function startWorkers(scene: Scene, count: number): Promise<Workers> {
  const slots: Slot[] = Array.from({ length: count }, (_, index) => ({ number: index + 1, busy: false }))
  const workers = { slots, crashes: [], over: new AbortController() }
  await Promise.all(slots.map(slot => launch(scene, workers, slot)))
  return workers
}

/** Ends the worker by the signal and starts it again. */
export async function replace(scene: Scene, workers: Workers, slot: Slot, signal: NodeJS.Signals): Promise<void> {
  const { running } = slot
  delete slot.running
  await running?.end(signal)
  await launch(scene, workers, slot)
  slot.busy = false
}

/** Stops the worker by SIGSTOP for a while: it sends nothing, notices nothing, and then continues. */
export async function pause(slot: Slot, milliseconds: number): Promise<void> {
  const pid = slot.running?.pid
  if (pid !== undefined) process.kill(pid, 'SIGSTOP')
  await sleep(milliseconds)
  if (pid !== undefined) process.kill(pid, 'SIGCONT')
  slot.busy = false
}

/** Cuts the first worker off from Temporal for a while; it still reaches the org. */
export async function cutOff({ partition }: Scene, slot: Slot, milliseconds: number): Promise<void> {
  partition.cutOff()
  await sleep(milliseconds)
  partition.connectAgain()
  slot.busy = false
}

/** A worker that starts while Temporal is away ends with an error, and is started again. Throws ProcessEndedError when it never starts. */
async function launch(scene: Scene, workers: Workers, slot: Slot): Promise<void> {
  for (let failed = 0; slot.running === undefined && !workers.over.signal.aborted; ) {
    await scene.temporal.serving()
    const running = await scene.startWorker(slot.number).catch((error: unknown) => {
      failed += 1
      if (failed === MOST_FAILED_STARTS) throw error
    })
    if (running === undefined) {
      await sleep(RESTART_MS)
      continue
    }
    slot.running = running
    void running.ended.then(code => {
      if (slot.running !== running || workers.over.signal.aborted) return
      workers.crashes.push(`worker ${slot.number} (process ${running.pid}) ended with ${code ?? 'a signal'}`)
      delete slot.running
      return launch(scene, workers, slot)
    })
  }
}
