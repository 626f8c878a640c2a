import type { KeyFile } from '../match/keyedChunks.ts'

/** What first readings have seen: small, because Temporal stores it. */
export type ScanFacts = {
  /** The values by which parents are found; one item for each search of the org. */
  readonly lookups?: readonly LookupValues[]
  /** Present when rows of the source are parents of others, or lack their parents. */
  readonly waves?: WavesFacts
}

/** The values by which the parents of one search are found. */
export type LookupValues = {
  /** Names the search. */
  readonly place: string
  readonly object: string
  readonly columns: readonly string[]
  readonly files: readonly KeyFile[]
}

/** The file with the wave of each row, and where its parents are. */
export type WavesFacts = {
  readonly rows: number
  /** Lookups whose parents are rows of the source. */
  readonly references: number
  /** Links to one of two rows. */
  readonly pairs: number
  /** Ids that are known from an earlier run. */
  readonly known: number
}
