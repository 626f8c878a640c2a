// The states of one sync, beside its runs: a file for each change, made once, so that of two runs or two workers exactly one makes it.
import type { RunStore } from '../loader/storage/runStore.ts'
import type { Notification } from './notification.ts'
import type { SyncState } from './runEnd.ts'

export type StateChange = {
  /** From 1 on. */
  readonly number: number
  readonly state: SyncState
  /** The execution whose end made the change. */
  readonly madeBy: string
  readonly notification: Notification
}

/** Changes looked through for one of our own: a step is tried again before the sync has changed its state that often. */
const LOOKED_THROUGH = 5

export type StateSeen = {
  readonly state: SyncState
  readonly seenBy: string
  readonly compose: () => Notification
}

/**
 * The change that the state seen makes, or else the latest change; undefined when the sync has always been well.
 * Seen again by the same execution, it is the same change.
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

/** Whether the notification of this change was sent through this channel. */
export async function wasNotified(store: RunStore, { number }: StateChange, channel: string): Promise<boolean> {
  return (await store.size(notifiedFile(number, channel))) !== undefined
}

export async function recordNotified(store: RunStore, { number }: StateChange, channel: string): Promise<void> {
  await store.write(notifiedFile(number, channel), '{}\n')
}

const CHANGES = 'notifications/changes'

const fileOf = (number: number): string => `${CHANGES}/${digits(number)}.json`

const notifiedFile = (number: number, channel: string): string =>
  `notifications/notified/${digits(number)}.${channel}.json`

/** In the order of names. */
const digits = (number: number): string => String(number).padStart(6, '0')

async function latestChanges(store: RunStore): Promise<readonly StateChange[]> {
  const paths = await store.list(CHANGES)
  const texts = await Promise.all(paths.slice(-LOOKED_THROUGH).map(path => store.readText(path)))
  return texts.filter(text => text !== undefined).map(text => JSON.parse(text) as StateChange)
}
