/** What a long step gets from its caller. */
export type Step = {
  /** Aborts when the run is cancelled or the process stops. */
  readonly signal: AbortSignal
  /** Reports that the step is alive. @param details what it works on, plain JSON without values of records */
  readonly heartbeat: (details: object) => void
  /** 1-based number of this attempt of the step. */
  readonly attempt: number
}
