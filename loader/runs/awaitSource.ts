import type { SkippedRun } from '../../packages/client/contract/runReport.ts'
import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import { ARRIVAL_FILE } from '../protocol/layout.ts'
import { readJsonIfThere, readSpec, readStaged, writeJson } from '../protocol/runRecords.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import type { SourceState } from '../sources/sourceReader.ts'
import { kindOfSource } from '../sources/sourceUri.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import { type Dependencies, type Step, WaitingError } from '../step.ts'
import type { RunStore } from '../storage/runStore.ts'
import { shownUri } from '../storage/uris.ts'

/** Milliseconds until a missing source is polled again, by attempt. */
const POLL_INTERVALS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000] as const
const MAX_POLL_INTERVAL = 60_000

/**
 * Milliseconds after the end of `waitFor` during which an unreachable source is still polled, and the minimum of attempts. Without
 * an end, the run would prevent all later runs of its schedule from starting.
 */
const UNREACHED_FOR = 900_000
const MIN_ATTEMPTS = 4

export type AwaitSourceInput = {
  readonly runId: string
  /** Epoch milliseconds; `waitFor` counts from here. */
  readonly since: number
}

/** `skipped` is present when there is no source and the sync skips such a run. */
export type AwaitedSource = { readonly skipped?: SkippedRun }

/** The results of earlier polls. Epoch milliseconds. */
type Arrival = {
  readonly version: string
  /** By the workflow that polled; a workflow that resumes the run waits for the source again. */
  readonly firstSeen: number
  readonly seenBy: string
  readonly unchangedSince: number
}

/** Thrown while the source has not arrived. A command that follows the run reports it as a wait, not as a failure. */
class SourceAwaited extends WaitingError {
  override readonly name = 'SourceAwaited' as const
}

/**
 * Returns when the source has arrived and is complete: two polls, `stableFor` apart, find it unchanged.
 * Throws SourceAwaited while it may still arrive, and RunRejectedError when it is late and the sync does not skip it.
 * @param execution id of the workflow's execution
 */
export async function awaitSource(
  { runStore, statSource }: Pick<Dependencies, 'runStore' | 'statSource'>,
  { runId, since, execution }: AwaitSourceInput & { readonly execution: string },
  { attempt, signal }: Pick<Step, 'attempt' | 'signal'>,
): Promise<AwaitedSource> {
  const store = runStore(runId)
  const { source } = await readSpec(store)
  // A resumed run reads its own copy.
  if ('inline' in source || (await readStaged(store)) !== undefined) return {}
  const until = since + (source.waitFor ?? 0)
  const now = Date.now()
  const state = await statSource(source, signal).catch((error: unknown) => {
    if (now < until + UNREACHED_FOR || attempt < MIN_ATTEMPTS) throw error
    throw unreached(source, until, error)
  })
  if (state === undefined) {
    if (now >= until) return withoutSource(source, until)
    const interval = POLL_INTERVALS[attempt - 1] ?? MAX_POLL_INTERVAL
    throw new SourceAwaited(
      `The source ${shownUri(source.uri)} ${wordsOf(source).awaited}; waiting for it until ${utc(until)}`,
      Math.min(interval, until - now),
    )
  }
  if (source.waitFor !== undefined && state.isComplete !== true)
    await untilStable(store, source, state, { until, now, execution })
  return {}
}

async function untilStable(
  store: RunStore,
  { uri, stableFor, waitFor = 0 }: ExternalSource,
  { version = '', bytes }: SourceState,
  { until, now, execution }: { readonly until: number; readonly now: number; readonly execution: string },
): Promise<void> {
  const before = await readJsonIfThere<Arrival>(store, ARRIVAL_FILE)
  const size = bytes === undefined ? 'of unknown size' : `${bytes} bytes`
  if (before?.version === version) {
    const left = before.unchangedSince + stableFor - now
    if (left <= 0) return
    throw stillWritten(uri, size, left)
  }
  const firstSeen = before?.seenBy === execution ? before.firstSeen : now
  if (now > Math.max(until, firstSeen + waitFor)) {
    throw new RunRejectedError(`The source ${shownUri(uri)}`, [
      `it is still being written (${size} by now, first seen ${utc(firstSeen)}); nothing was sent. ` +
        'Check the program that writes it, then resume the run, or increase waitFor',
    ])
  }
  const arrival: Arrival = { version, firstSeen, seenBy: execution, unchangedSince: now }
  await writeJson(store, ARRIVAL_FILE, arrival)
  throw stillWritten(uri, size, stableFor)
}

/** A file arrives; the query of a database has a row. */
const wordsOf = ({ uri }: ExternalSource) =>
  kindOfSource(uri) === 'database'
    ? { awaited: 'has no row yet', absent: 'has no row', remedy: 'Resume the run when it has one; if no row' }
    : {
        awaited: 'has not arrived yet',
        absent: 'did not arrive',
        remedy: 'Add the file and resume the run; if a missing file',
      }

function withoutSource(source: ExternalSource, until: number): AwaitedSource {
  const { uri, missing, waitFor } = source
  const { absent, remedy } = wordsOf(source)
  const awaited = waitFor === undefined ? '' : ` by ${utc(until)}, the end of waitFor`
  const message = `The source ${shownUri(uri)} ${absent}${awaited}`
  if (missing === 'skip') return { skipped: { reason: 'missing', message } }
  throw new RunRejectedError(`The source ${shownUri(uri)}`, [
    `it ${absent}${awaited}; nothing was sent. ${remedy} is acceptable, set source.missing: skip`,
  ])
}

function unreached({ uri }: ExternalSource, until: number, error: unknown): RunRejectedError {
  const reason = error instanceof Error ? error.message : String(error)
  return new RunRejectedError(`The source ${shownUri(uri)}`, [
    `it was due by ${utc(until)} and cannot be checked; nothing was sent. Fix the cause, then resume the run: ${reason}`,
  ])
}

const utc = (time: number): string => `${utcTimestamp(time).replace('T', ' ')} UTC`

/** @param retryAfter milliseconds */
function stillWritten(uri: string, size: string, retryAfter: number): SourceAwaited {
  return new SourceAwaited(
    `The source ${shownUri(uri)} has arrived (${size}); checking once more whether it is still being written`,
    retryAfter,
  )
}
