import type { Engine, Operation } from '../sync/spec.ts'

/** One chunk as the workflow knows it: where it stands in the run store follows from its number. */
export type StagedChunk = {
  /** 1-based. */
  readonly chunk: number
  readonly operation: Operation
  readonly records: number
}

export type StagedSource = {
  /** Records in the source, the refused ones included. */
  readonly records: number
  readonly refused: number
  readonly engine: Engine
  readonly chunks: readonly StagedChunk[]
}
