/** The end of an exchange's time, or its being given up by the caller, as one signal. */
export type Deadline = {
  readonly signal: AbortSignal
  /** The time is up. */
  readonly expired: () => boolean
  /** Gives the whole time anew: an upload under way may take long as long as it gets on. */
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
