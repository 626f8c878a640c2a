import { TransportFailure } from './networkErrors.ts'

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

export const outOfTime = (milliseconds: number, sent: boolean): TransportFailure =>
  new TransportFailure(`no whole answer within ${milliseconds / 1000} s`, { sent, code: 'DEADLINE' })

/** The outcome of `work`, or the reason of the signal as soon as it aborts. For work that others share and that ends without this caller. */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work
  let leave = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

export function startDeadline(milliseconds: number, signal?: AbortSignal): Deadline {
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(outOfTime(milliseconds, false)), milliseconds)
  return {
    signal: signal ? AbortSignal.any([clock.signal, signal]) : clock.signal,
    expired: () => clock.signal.aborted,
    restart: () => void timer.refresh(),
    clear: () => clearTimeout(timer),
    milliseconds,
  }
}
