/** Which slice of which run, and how often it has been sent. */
export type ChunkRound = {
  readonly runId: string
  /** 1-based. */
  readonly chunk: number
  /** 1-based; later rounds repeat records refused for a passing reason. */
  readonly round: number
}
