import type { KeyFile } from '../match/keyedChunks.ts'

/** What first readings have seen: small, because Temporal stores it. */
export type ScanFacts = {
  /** The values by which parents are found; one item for each search of the org. */
  readonly lookups?: readonly LookupValues[]
}

/** The values by which the parents of one search are found. */
export type LookupValues = {
  /** Names the search. */
  readonly place: string
  readonly object: string
  readonly columns: readonly string[]
  readonly files: readonly KeyFile[]
}
