// The processes of `sflink up`. They end before it, the last one first, and with it when it cannot wait for them.
import { present } from '../../packages/client/contract/scalars.ts'
import { CommandError, EXIT } from '../commandError.ts'
import { type KeptJob, type KeptProcess, keepRunning } from './keptProcess.ts'
import type { UpPlace } from './place.ts'

export class UpProcesses {
  readonly #place: UpPlace
  readonly #kept: KeptProcess[] = []
  #temporalPort: number | undefined
  #recorded: Promise<void> = Promise.resolve()
  #isStopping = false

  constructor(place: UpPlace) {
    this.#place = place
    process.once('exit', () => {
      for (const id of this.#ids()) process.kill(id, 'SIGKILL')
      place.release()
    })
  }

  /**
   * Starts a process, and again whenever it ends. Throws CommandError when all of them are being stopped.
   * @param temporalPort port of the process, if it is the Temporal server
   */
  async keep(job: KeptJob, temporalPort?: number): Promise<KeptProcess> {
    if (this.#isStopping) throw new CommandError('sflink up is being stopped', EXIT.detached)
    this.#temporalPort ??= temporalPort
    const kept = keepRunning(job, () => this.#record())
    this.#kept.push(kept)
    await this.#record()
    return kept
  }

  /** Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const kept of this.#kept.toReversed()) await kept.stop()
  }

  #ids(): readonly number[] {
    return this.#kept.flatMap(kept => kept.id() ?? [])
  }

  #record(): Promise<void> {
    const state = { children: this.#ids(), ...present({ temporalPort: this.#temporalPort }) }
    this.#recorded = this.#recorded.then(() => this.#place.record(state))
    return this.#recorded
  }
}
