import { randomUUID } from 'node:crypto'
import type { HttpRoutes } from '../loader/http/agents.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { type EmailSettings, sendEmail } from './email.ts'
import { compose, type Notification, NotificationError, type RunEnd, stateAfter } from './notification.ts'
import { changeTo, isSent, markSent } from './stateChanges.ts'
import { postWebhook, type WebhookSettings } from './webhook.ts'

export type NotificationSettings = {
  readonly webhook?: WebhookSettings
  readonly email?: EmailSettings
  /** From 0 to 1. @default only failed runs send a notification */
  readonly rejectedShare?: number
  readonly temporalUi?: string
}

export type Notifier = {
  /** Whether any channel is configured for this sync. */
  covers(sync: string | undefined): boolean
  /**
   * Sends a notification when the state of the sync changes, once through each channel; returns the channels just used. Of the runs
   * without a sync, the first of a day that fails sends one.
   * The next call, also of a later run, retries a channel that failed.
   * Throws NotificationError when a channel fails, after it has tried the others, and RunStoreError.
   */
  notify(end: RunEnd): Promise<readonly string[]>
}

export type NotifierOptions = {
  /** The settings for a sync; undefined when it sends no notifications. */
  readonly settingsFor: (sync: string | undefined) => NotificationSettings | undefined
  /** The store of a sync, which outlives its runs. */
  readonly syncStore: (sync: string) => RunStore
  readonly routes: HttpRoutes
}

export function createNotifier({ settingsFor, syncStore, routes }: NotifierOptions): Notifier {
  return {
    covers: sync => settingsFor(sync) !== undefined,
    notify: async end => {
      const settings = settingsFor(end.sync)
      const after = settings && stateAfter(end, settings.rejectedShare)
      // The other runs of the day have nothing to do with this one.
      const state = end.sync === undefined && after === 'ok' ? undefined : after
      if (settings === undefined || state === undefined) return []
      const at = new Date()
      const store = syncStore(end.sync ?? storeOfOthers(at))
      const wording = { ...settings, id: randomUUID(), at }
      const seen = { state, seenBy: end.workflow.runId, compose: () => compose(end, state, wording) }
      const change = await changeTo(store, seen)
      if (change === undefined) return []
      const sent: string[] = []
      const failures: unknown[] = []
      for (const [channel, send] of channelsOf(settings, routes)) {
        if (await isSent(store, change, channel)) continue
        try {
          await send(change.notification)
          await markSent(store, change, channel)
          sent.push(channel)
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw combined(failures)
      return sent
    },
  }
}

/** Runs without a sync share one state a day, because anyone may start any number of them. The name of a sync contains no dot. */
const storeOfOthers = (at: Date): string => `runs.${at.toISOString().slice(0, 10)}`

function channelsOf({ webhook, email }: NotificationSettings, routes: HttpRoutes) {
  const channels = new Map<string, (notification: Notification) => Promise<void>>()
  if (webhook) channels.set('webhook', notification => postWebhook(webhook, routes, notification))
  if (email) channels.set('email', notification => sendEmail(email, notification))
  return channels
}

function combined(failures: readonly unknown[]): unknown {
  const [first] = failures
  if (failures.length === 1 || !(first instanceof NotificationError)) return first
  const messages = failures.map(failure => (failure instanceof Error ? failure.message : String(failure)))
  return Object.assign(first, { message: messages.join('. ') })
}
