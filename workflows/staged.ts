import type { Engine, Operation } from '../sync/spec.ts'
import type { Tally } from '../sync/tally.ts'

/** One chunk as the workflow knows it: where it stands in the run store follows from its number. */
export type StagedChunk = {
  /** 1-based. */
  readonly chunk: number
  readonly operation: Operation
  /** Number of its first record in the source, 1-based. */
  readonly firstRow: number
  readonly records: number
}

export type StagedSource = {
  /** Records in the source, the refused ones included. */
  readonly records: number
  readonly refused: number
  readonly engine: Engine
  readonly chunks: readonly StagedChunk[]
}

/** A chunk after one sending. */
export type SettledRound = {
  /** Of the records settled in this round. */
  readonly tally: Tally
  /** Records to be sent again in the next round. */
  readonly resend: number
}

/** A chunk after its keys were looked up. */
export type FoundIds = {
  /** Of the records that can't be sent: none or several have their key. */
  readonly tally: Tally
  /** Records left to be sent. */
  readonly found: number
}
