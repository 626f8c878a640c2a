import type { Dependencies } from '../loader/dependencies.ts'
import type { RunEnd } from '../notifications/runEnd.ts'

/**
 * Tells those who watch over a sync when the end of a run changes its state. Returns the channels used.
 * Retry: safe because the change is kept in the run store first, with what is told of it, and so is each channel that took it;
 * one whose receipt was lost gets the same notification again, with the same id.
 */
export function notifyEnd({ notifier }: Pick<Dependencies, 'notifier'>) {
  return async (end: RunEnd): Promise<{ readonly told: readonly string[] }> => ({ told: await notifier.notify(end) })
}
