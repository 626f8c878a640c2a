// The terms of the bench: one client executes one load, and the load has its cost.
import type { Operation } from './contacts.ts'
import type { BenchOrg } from './org.ts'

/** A load that takes longer has failed: it must not keep the others from being measured. */
export const LOAD_LIMIT_MS = 20 * 60_000

/** One load that each client executes, in an org of its own. */
export type Load = {
  readonly operation: Operation
  readonly records: number
  /** The source as a campaign exports it. */
  readonly source: string
  /** The same records under the names of fields, for a client that sends files as they are: one job for each file. */
  readonly files: readonly string[]
  readonly org: BenchOrg
  /** A folder for files of the client, empty at first. */
  readonly folder: string
}

/** The time and memory that a client used. */
export type Usage = {
  /** Seconds. */
  readonly wall: number
  /** CPU seconds of the client's processes, user and system. */
  readonly cpu: number
  /** MiB, the peak of the client's processes. */
  readonly peak: number
}

/** What a load cost the client. */
export type Cost = Usage & {
  /** Successful records, as the results that the client got show them. */
  readonly results: number
  readonly apiCalls: number
  /** Events in the Temporal history; absent for a client without a history. */
  readonly events?: number
  /** MiB of a client that was running before the load. */
  readonly idle?: number
}

export type BenchClient = {
  readonly name: string
  /** Throws when a load fails. */
  load(load: Load): Promise<Cost>
}
