/** The timeout of an exchange and the abort of its caller, as one signal. */
export type Deadline = {
  readonly signal: AbortSignal
  readonly expired: () => boolean
  /** Restarts the time: an upload may take long while it makes progress. */
  readonly restart: () => void
  /** Stops the clock; the caller's own signal stays connected. */
  readonly clear: () => void
  readonly milliseconds: number
}

export function startDeadline(milliseconds: number, signal?: AbortSignal): Deadline {
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(), milliseconds)
  return {
    signal: signal ? AbortSignal.any([clock.signal, signal]) : clock.signal,
    expired: () => clock.signal.aborted,
    restart: () => void timer.refresh(),
    clear: () => clearTimeout(timer),
    milliseconds,
  }
}
