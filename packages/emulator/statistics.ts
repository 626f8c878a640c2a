import type { Operation } from './faults/rule.ts'
import type { WriteKind } from './writes/writerOptions.ts'

/** Statistics of an emulator since its start. */
export type EmulatorStats = {
  /** Requests that count against the daily limit. */
  readonly apiCalls: number
  /** All requests to the API by operation, including the token endpoint's. */
  readonly calls: Readonly<Record<string, number>>
  /** Records written by object name. */
  readonly created: Readonly<Record<string, number>>
  readonly updated: Readonly<Record<string, number>>
  /** Without those that a deletion took with it. */
  readonly deleted: Readonly<Record<string, number>>
  /** Ingest jobs by state. */
  readonly jobs: Readonly<Record<string, number>>
  /** Requests whose body ended before it was complete. */
  readonly bodiesCutShort: number
}

export class Statistics {
  readonly #calls = new Map<string, number>()
  readonly #written = {
    created: new Map<string, number>(),
    updated: new Map<string, number>(),
    deleted: new Map<string, number>(),
  }
  apiCalls = 0
  bodiesCutShort = 0

  countCall(operation: Operation): void {
    increase(this.#calls, operation)
  }

  countWrite(objectName: string, how: WriteKind): void {
    increase(this.#written[how], objectName)
  }

  snapshot(jobStates: readonly string[]): EmulatorStats {
    const jobs = new Map<string, number>()
    for (const state of jobStates) increase(jobs, state)
    return {
      apiCalls: this.apiCalls,
      calls: Object.fromEntries(this.#calls),
      created: Object.fromEntries(this.#written.created),
      updated: Object.fromEntries(this.#written.updated),
      deleted: Object.fromEntries(this.#written.deleted),
      jobs: Object.fromEntries(jobs),
      bodiesCutShort: this.bodiesCutShort,
    }
  }
}

function increase(counts: Map<string, number>, key: string) {
  return counts.set(key, (counts.get(key) ?? 0) + 1)
}
