/** What one load cost the client. */
export type Measured = {
  readonly created: number
  /** Seconds. */
  readonly wall: number
  /** CPU seconds of the client's process, user and system. */
  readonly cpu: number
  /** MiB, the peak of the client's process. */
  readonly peak: number
  readonly apiCalls: number
  /** Events in the Temporal history; absent for a client without one. */
  readonly events?: number
}
