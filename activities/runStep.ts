import { Context } from '@temporalio/activity'
import type { Step } from '../loader/step.ts'

/** Milliseconds between heartbeats, and the longest time until a cancellation reaches the step. */
const HEARTBEAT_INTERVAL = 5_000

/** Runs a long step with the signal and the heartbeat of its activity. The last heartbeat is repeated while the step runs. */
export async function runStep<T>(work: (step: Step) => Promise<T>): Promise<T> {
  const context = Context.current()
  let latest: object = {}
  const heartbeat = (details: object) => {
    latest = details
    context.heartbeat(details)
  }
  heartbeat(latest)
  const timer = setInterval(() => context.heartbeat(latest), HEARTBEAT_INTERVAL)
  try {
    const { attempt, heartbeatDetails: lastHeartbeat } = context.info
    const isCancelled = () => context.cancellationDetails?.cancelRequested === true
    return await work({ signal: context.cancellationSignal, isCancelled, heartbeat, attempt, lastHeartbeat })
  } finally {
    clearInterval(timer)
  }
}
