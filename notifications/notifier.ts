import { randomUUID } from 'node:crypto'
import type { HttpRoutes } from '../loader/http/agents.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { type EmailSettings, sendEmail } from './email.ts'
import { compose, type Notification } from './notification.ts'
import { NotificationError } from './notificationError.ts'
import { type RunEnd, stateAfter } from './runEnd.ts'
import { changeTo, recordNotified, wasNotified } from './stateChanges.ts'
import { postWebhook, type WebhookSettings } from './webhook.ts'

export type NotificationSettings = {
  readonly webhook?: WebhookSettings
  readonly email?: EmailSettings
  /** From 0 to 1. @default only failed runs count */
  readonly rejectedShare?: number
  readonly temporalUi?: string
}

export type Notifier = {
  /** Whether anyone wants to hear of this sync. */
  covers(sync: string | undefined): boolean
  /**
   * Tells of a change of the sync's state, once through each channel; returns the channels just used.
   * A channel that failed is tried again by the next call, also that of a later run.
   * Throws NotificationError when one fails, after the others had their turn, and RunStoreError.
   */
  notify(end: RunEnd): Promise<readonly string[]>
}

export type NotifierOptions = {
  /** The settings for a sync; undefined when no one is notified. */
  readonly settingsFor: (sync: string | undefined) => NotificationSettings | undefined
  /** What is kept of a sync from run to run. */
  readonly syncStore: (sync: string) => RunStore
  readonly routes: HttpRoutes
}

export function createNotifier({ settingsFor, syncStore, routes }: NotifierOptions): Notifier {
  return {
    covers: sync => settingsFor(sync) !== undefined,
    notify: async end => {
      const settings = settingsFor(end.sync)
      const state = settings && stateAfter(end, settings.rejectedShare)
      if (settings === undefined || state === undefined) return []
      const store = syncStore(keptAs(end))
      const wording = { ...settings, id: randomUUID(), at: new Date() }
      const seen = { state, seenBy: end.workflow.runId, compose: () => compose(end, state, wording) }
      const change = await changeTo(store, seen)
      if (change === undefined) return []
      const notified: string[] = []
      const failures: unknown[] = []
      for (const [channel, send] of channelsOf(settings, routes)) {
        if (await wasNotified(store, change, channel)) continue
        try {
          await send(change.notification)
          await recordNotified(store, change, channel)
          notified.push(channel)
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw asOne(failures)
      return notified
    },
  }
}

/** A run without a sync has a state of its own. The name of a sync contains no dot. */
const keptAs = ({ sync, runId }: RunEnd): string => sync ?? `run.${runId}`

function channelsOf({ webhook, email }: NotificationSettings, routes: HttpRoutes) {
  const channels = new Map<string, (notification: Notification) => Promise<void>>()
  if (webhook) channels.set('webhook', notification => postWebhook(webhook, routes, notification))
  if (email) channels.set('email', notification => sendEmail(email, notification))
  return channels
}

function asOne(failures: readonly unknown[]): unknown {
  const [first] = failures
  if (failures.length === 1 || !(first instanceof NotificationError)) return first
  const messages = failures.map(failure => (failure instanceof Error ? failure.message : String(failure)))
  return Object.assign(first, { message: messages.join('. ') })
}
