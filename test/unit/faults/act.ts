// What a fault can do where it strikes.
import type { World } from '../protocol/memoryLoad.ts'
import { WorkerKilledError } from '../protocol/simulatedWorker.ts'
import type { Effect } from './effects.ts'

/** A worker process in one attempt of a step. */
export class Process {
  readonly #shutdown = new AbortController()
  isKilled = false

  get signal(): AbortSignal {
    return this.#shutdown.signal
  }

  kill(): void {
    this.isKilled = true
    this.throwIfKilled()
  }

  throwIfKilled(): void {
    if (this.isKilled) throw new WorkerKilledError()
  }

  stop(): void {
    this.#shutdown.abort(new Error('the worker stops'))
  }
}

/** What a fault can do where it strikes. */
export type Strike = {
  readonly effect: Effect
  readonly world: World
  readonly process: Process
  /** Another worker loads the run to its end meanwhile. */
  readonly succeed: () => Promise<void>
  readonly sourceBecomes: (state: SourceState) => void
}

/** `changing`: while it is read. */
export type SourceState = 'given' | 'changed' | 'changing' | 'gone'

export type Act = (strike: Strike, perform: () => Promise<unknown>) => Promise<unknown>
