import { randomUUID } from 'node:crypto'
import type { HttpRoutes } from '../loader/http/agents.ts'
import { DELETION_NOTICE } from '../loader/protocol/layout.ts'
import { readJson } from '../loader/protocol/runRecords.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { composeDeletions, type PlannedDeletions } from './deletionNotice.ts'
import { type EmailSettings, sendEmail } from './email.ts'
import { compose, type Notification, NotificationError, type RunEnd, stateAfter } from './notification.ts'
import { changeTo, isSent, markSent } from './stateChanges.ts'
import { postWebhook, type WebhookSettings } from './webhook.ts'

export type NotificationSettings = {
  readonly webhook?: WebhookSettings
  readonly email?: EmailSettings
  /** From 0 to 1. @default only failed runs send a notification */
  readonly rejectedShare?: number
  /** Planned deletions without a notification. @default any number */
  readonly plannedDeletions?: number
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
  /** How many deletions a run of the sync may plan without a notification; undefined for any number. */
  plannedDeletions(sync: string | undefined): number | undefined
  /** Sends a notification of planned deletions, once for each run and through each channel. Throws what `notify` throws. */
  notifyDeletions(planned: PlannedDeletions): Promise<readonly string[]>
}

export type NotifierOptions = {
  /** The settings for a sync; undefined when it sends no notifications. */
  readonly settingsFor: (sync: string | undefined) => NotificationSettings | undefined
  /** The store of a sync, which outlives its runs. */
  readonly syncStore: (sync: string) => RunStore
  readonly runStore: (runId: string) => RunStore
  readonly routes: HttpRoutes
}

export function createNotifier({ settingsFor, syncStore, runStore, routes }: NotifierOptions): Notifier {
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
      return sendThrough(channelsOf(settings, routes), change.notification, {
        isSent: channel => isSent(store, change, channel),
        markSent: channel => markSent(store, change, channel),
      })
    },
    plannedDeletions: sync => settingsFor(sync)?.plannedDeletions,
    notifyDeletions: async planned => {
      const settings = settingsFor(planned.sync)
      const allowed = settings?.plannedDeletions
      if (settings === undefined || allowed === undefined || planned.deletions <= allowed) return []
      const store = runStore(planned.runId)
      const notice = composeDeletions(planned, allowed, { ...settings, id: randomUUID(), at: new Date() })
      await store.writeOnce(DELETION_NOTICE.notification, `${JSON.stringify(notice, undefined, 2)}\n`)
      const notification = await readJson<Notification>(store, DELETION_NOTICE.notification)
      return sendThrough(channelsOf(settings, routes), notification, {
        isSent: async channel => (await store.size(DELETION_NOTICE.sent(channel))) !== undefined,
        markSent: async channel => void (await store.write(DELETION_NOTICE.sent(channel), '{}\n')),
      })
    },
  }
}

type Channels = ReadonlyMap<string, (notification: Notification) => Promise<void>>

/** What was sent before. */
type Receipts = {
  readonly isSent: (channel: string) => Promise<boolean>
  readonly markSent: (channel: string) => Promise<void>
}

/** Returns the channels just used. Throws when one fails, after it has tried the others. */
async function sendThrough(
  channels: Channels,
  notification: Notification,
  { isSent, markSent }: Receipts,
): Promise<readonly string[]> {
  const sent: string[] = []
  const failures: unknown[] = []
  for (const [channel, send] of channels) {
    if (await isSent(channel)) continue
    try {
      await send(notification)
      await markSent(channel)
      sent.push(channel)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw combined(failures)
  return sent
}

/** Runs without a sync share one state a day, because anyone may start any number of them. The name of a sync contains no dot. */
const storeOfOthers = (at: Date): string => `runs.${at.toISOString().slice(0, 10)}`

function channelsOf({ webhook, email }: NotificationSettings, routes: HttpRoutes): Channels {
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
