import { Context } from '@temporalio/activity'

/** Milliseconds between heartbeats, and so until a cancellation is heard of. */
const BEAT = 5_000

/**
 * Runs a step that takes long and reports that it is alive, which is also how a cancellation reaches it.
 * @param details shown in the Temporal UI while the activity is pending
 */
export async function whileBeating<T>(details: object, step: () => Promise<T>): Promise<T> {
  const context = Context.current()
  context.heartbeat(details)
  const timer = setInterval(() => context.heartbeat(details), BEAT)
  try {
    return await step()
  } finally {
    clearInterval(timer)
  }
}

/** Between two pieces of a long step: throws when the run was cancelled or this worker stops. */
export function throwIfCancelled(): void {
  Context.current().cancellationSignal.throwIfAborted()
}
