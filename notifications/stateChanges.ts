// The states of one sync, stored beside its runs: one file per change, written once, so that exactly one of several workers creates it.
import type { RunStore } from '../loader/storage/runStore.ts'
import type { Notification, SyncState } from './notification.ts'

export type StateChange = {
  /** Starts at 1. */
  readonly number: number
  readonly state: SyncState
  /** The execution whose end made the change. */
  readonly madeBy: string
  readonly notification: Notification
}

/** Latest changes that are searched for one by this execution. A step is retried before the state changes this often. */
const MAX_SEARCHED = 5

export type StateSeen = {
  readonly state: SyncState
  readonly seenBy: string
  readonly compose: () => Notification
}

/**
 * Records a new state and returns the change; returns the latest change when the state is the same, and undefined when the sync
 * has never failed. The same execution always gets the same change.
 */
export async function changeTo(
  store: RunStore,
  { state, seenBy, compose }: StateSeen,
): Promise<StateChange | undefined> {
  for (;;) {
    const changes = await latestChanges(store)
    const own = changes.find(({ madeBy }) => madeBy === seenBy)
    if (own !== undefined) return own
    const latest = changes.at(-1)
    if ((latest?.state ?? 'ok') === state) return latest
    const change = { number: (latest?.number ?? 0) + 1, state, madeBy: seenBy, notification: compose() }
    if (await store.writeOnce(fileOf(change.number), `${JSON.stringify(change, undefined, 2)}\n`)) return change
  }
}

/** Whether the notification was sent through this channel. */
export async function isSent(store: RunStore, { number }: StateChange, channel: string): Promise<boolean> {
  return (await store.size(sentFile(number, channel))) !== undefined
}

export async function markSent(store: RunStore, { number }: StateChange, channel: string): Promise<void> {
  await store.write(sentFile(number, channel), '{}\n')
}

const CHANGES = 'notifications/changes'

const fileOf = (number: number): string => `${CHANGES}/${digits(number)}.json`

const sentFile = (number: number, channel: string): string => `notifications/sent/${digits(number)}.${channel}.json`

/** Padded, so that files sort by number. */
const digits = (number: number): string => String(number).padStart(6, '0')

async function latestChanges(store: RunStore): Promise<readonly StateChange[]> {
  const paths = await store.list(CHANGES)
  const texts = await Promise.all(paths.slice(-MAX_SEARCHED).map(path => store.readText(path)))
  return texts.filter(text => text !== undefined).map(text => JSON.parse(text) as StateChange)
}
