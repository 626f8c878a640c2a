import type { RunEnd } from '../notifications/runEnd.ts'
import type { ActivityDependencies } from './dependencies.ts'

/**
 * Notifies those who watch a sync when the end of a run changes its state. Returns the channels used.
 * Retry: safe because the change is stored first, with the notification, and so is each channel that accepted it; a channel
 * whose receipt was lost gets the same notification again, with the same id.
 */
export function notifyEnd({ notifier }: ActivityDependencies) {
  return async (end: RunEnd): Promise<{ readonly notified: readonly string[] }> => ({
    notified: await notifier.notify(end),
  })
}
