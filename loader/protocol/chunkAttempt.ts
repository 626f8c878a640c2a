/** Which slice of which run, and how often it has been sent. */
export type ChunkAttempt = {
  readonly runId: string
  /** 1-based. */
  readonly chunk: number
  /** 1-based; later attempts repeat records rejected for a passing reason. */
  readonly attempt: number
}
