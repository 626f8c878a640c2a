import { activityInfo } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { Dependencies } from '../loader/dependencies.ts'
import { ARRIVAL_FILE } from '../loader/protocol/layout.ts'
import { readJsonIfThere, readSpec, readStaged, writeJson } from '../loader/protocol/runRecords.ts'
import { utcTimestamp } from '../loader/results/utcTimestamp.ts'
import type { SourceState } from '../loader/sources/sourceReader.ts'
import { RunRejectedError } from '../loader/spec/runRejectedError.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { shownUri } from '../loader/storage/uris.ts'
import type { SkippedRun } from '../packages/client/contract/runReport.ts'
import type { CsvSource } from '../packages/client/contract/syncSpec.ts'

/** Milliseconds until a source that is missing is looked for again, by attempt; the last one repeats. */
const LOOK_AGAIN = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000] as const

/**
 * Milliseconds after the end of `waitFor` for which a source is asked for that can't be reached, and attempts made at least: a
 * run that waits for ever keeps all later ones of its schedule from beginning.
 */
const UNREACHED_FOR = 900_000
const LEAST_ATTEMPTS = 4

export type AwaitSourceInput = {
  readonly runId: string
  /** Epoch milliseconds; `waitFor` counts from here. */
  readonly since: number
}

/** Says so when the run is to be skipped because there is no source. */
export type AwaitedSource = { readonly skipped?: SkippedRun }

/** What the looks before have found. Epoch milliseconds. */
type Arrival = {
  readonly version: string
  /** By the workflow that looked; one that goes on with the run gives the source its time anew. */
  readonly firstSeen: number
  readonly seenBy: string
  readonly unchangedSince: number
}

/**
 * Waits until the source is there and whole, holding no worker slot and growing no history in between.
 * Whole is what two looks find the same, `stableFor` apart.
 * Retry: safe because it only looks; what it has seen is kept in the run store.
 */
export function awaitSource({ runStore, statSource }: Dependencies) {
  return async ({ runId, since }: AwaitSourceInput): Promise<AwaitedSource> => {
    const store = runStore(runId)
    const { source } = await readSpec(store)
    // A run that goes on reads its own copy.
    if ('inline' in source || (await readStaged(store)) !== undefined) return {}
    const until = since + (source.waitFor ?? 0)
    const now = Date.now()
    const state = await statSource(source.uri).catch((error: unknown) => {
      if (now < until + UNREACHED_FOR || activityInfo().attempt < LEAST_ATTEMPTS) throw error
      throw unreached(source, until, error)
    })
    if (state === undefined) {
      if (now >= until) return withoutSource(source, until)
      const again = LOOK_AGAIN[activityInfo().attempt - 1] ?? LOOK_AGAIN.at(-1) ?? 60_000
      throw waiting(
        `The source ${shownUri(source.uri)} is not there yet; waiting for it until ${utc(until)}`,
        Math.min(again, until - now),
      )
    }
    if (source.waitFor !== undefined) await untilWhole(store, source, state, { until, now })
    return {}
  }
}

async function untilWhole(
  store: RunStore,
  { uri, stableFor, waitFor = 0 }: CsvSource,
  { version = '', bytes }: SourceState,
  { until, now }: { readonly until: number; readonly now: number },
): Promise<void> {
  const before = await readJsonIfThere<Arrival>(store, ARRIVAL_FILE)
  const size = bytes === undefined ? 'of unknown size' : `${bytes} bytes`
  if (before?.version === version) {
    const left = before.unchangedSince + stableFor - now
    if (left <= 0) return
    throw waiting(
      `The source ${shownUri(uri)} has come (${size}); looking once more whether it is still being written`,
      left,
    )
  }
  const seenBy = activityInfo().workflowExecution?.runId ?? ''
  const firstSeen = before?.seenBy === seenBy ? before.firstSeen : now
  if (now > Math.max(until, firstSeen + waitFor)) {
    throw new RunRejectedError(`The source ${shownUri(uri)}`, [
      `it is still being written (${size} by now, first seen ${utc(firstSeen)}); nothing was sent. ` +
        'See what writes it, then go on with this run, or give it more time by waitFor',
    ])
  }
  const arrival: Arrival = { version, firstSeen, seenBy, unchangedSince: now }
  await writeJson(store, ARRIVAL_FILE, arrival)
  throw waiting(
    `The source ${shownUri(uri)} has come (${size}); looking once more whether it is still being written`,
    stableFor,
  )
}

function withoutSource({ uri, missing, waitFor }: CsvSource, until: number): AwaitedSource {
  const awaited = waitFor === undefined ? '' : ` by ${utc(until)}, the end of waitFor`
  const message = `The source ${shownUri(uri)} was not there${awaited}`
  if (missing === 'skip') return { skipped: { reason: 'missing', message } }
  throw new RunRejectedError(`The source ${shownUri(uri)}`, [
    `it was not there${awaited}; nothing was sent. Put it there and go on with this run; if a night without it is well, set source.missing: skip`,
  ])
}

function unreached({ uri }: CsvSource, until: number, error: unknown): RunRejectedError {
  const reason = error instanceof Error ? error.message : String(error)
  return new RunRejectedError(`The source ${shownUri(uri)}`, [
    `it was to be there by ${utc(until)} and can't be looked at; nothing was sent. See to this, then go on with this run: ${reason}`,
  ])
}

function utc(time: number): string {
  return `${utcTimestamp(time).replace('T', ' ')} UTC`
}

/** @param again milliseconds until the next look */
function waiting(message: string, again: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'SourceAwaited',
    message,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.max(1, again),
  })
}
