import type { Encoding } from '../../packages/client/contract/encodings.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { recordValues } from '../csv/cells.ts'
import { type CellTable, readOwnCells } from '../csv/ownCsv.ts'
import { csvRecordBytes, type RecordBytes, withoutHeader } from '../csv/recordBytes.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { type ResultBatch, resultBatch } from '../results/resultBatch.ts'
import { RunFileMissingError } from '../storage/errors.ts'
import type { RunStore } from '../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles, MATCHED_FILE, PLAN_FILE, SPEC_FILE, STAGED_FILE } from './layout.ts'
import type { MatchedRecords, StagedSource } from './staged.ts'

/** The spec and the plan that all later steps follow. */
export type PlannedRun = {
  readonly spec: SyncSpec
  readonly plan: SyncPlan
  /** Id of the integration user; a search after a lost answer takes only records that this user has created. */
  readonly userId: string
  /** Address of the org; absent in a run that release 0.1.0 planned. */
  readonly instanceUrl?: string
  /** Id of the org; absent in runs that release 0.1.0 planned. */
  readonly organizationId?: string
  readonly warnings: readonly string[]
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Present for a run that was planned first: its records are compared with the org, and sent only as planned. */
  readonly isPlan?: true
  /** Of a plan: the syncs whose runs in `parentRuns` are plans too, so that parents may have no Id yet. It is never applied. */
  readonly plannedParents?: readonly string[]
}

/** The source as staged, with what is needed to read its copy again. */
export type StagedRun = StagedSource & {
  readonly header: readonly string[]
  readonly delimiter: string
  readonly encoding: Encoding
  /** SHA-256 of the source's bytes, in hex. */
  readonly sourceHash: string
  /** Name of the sync, when the run was started by it. */
  readonly sync?: string
}

/** Throws RunFileMissingError before it was written. */
export const readSpec = (store: RunStore): Promise<SyncSpec> => readJson<SyncSpec>(store, SPEC_FILE)

/** Throws RunFileMissingError before it was written. */
export const readPlan = (store: RunStore): Promise<PlannedRun> => readJson<PlannedRun>(store, PLAN_FILE)

/**
 * Throws RunFileMissingError when the run store no longer has the run. Where a disk was mounted there is an empty directory, and a file that
 * was just written there is not found when the disk is back. So a proof counts only beside the plan.
 */
export async function requireRun(store: RunStore): Promise<void> {
  if ((await store.size(PLAN_FILE)) === undefined) throw new RunFileMissingError(store.location, PLAN_FILE)
}

/** undefined while the source has not been staged to its end. */
export const readStaged = (store: RunStore): Promise<StagedRun | undefined> =>
  readJsonIfThere<StagedRun>(store, STAGED_FILE)

/** undefined while the records of an update by a key field have not been searched for. */
export const readMatched = (store: RunStore): Promise<MatchedRecords | undefined> =>
  readJsonIfThere<MatchedRecords>(store, MATCHED_FILE)

export async function readJsonIfThere<T>(store: RunStore, path: string): Promise<T | undefined> {
  const text = await store.readText(path)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

export async function readJson<T>(store: RunStore, path: string): Promise<T> {
  const content = await readJsonIfThere<T>(store, path)
  if (content === undefined) throw new RunFileMissingError(store.location, path)
  return content
}

export async function writeJson(store: RunStore, path: string, content: object): Promise<void> {
  await store.write(path, `${JSON.stringify(content, undefined, 2)}\n`)
}

/** Opens a CSV file of ours in the run store as a stream of positions in bytes. Throws RunFileMissingError when it does not exist. */
export async function readStoredCells(store: RunStore, path: string): Promise<CellTable> {
  return readOwnCells(`${store.location}/${path}`, store.blocks(path))
}

/** Its lines without the header, in batches. */
async function* storedLines(store: RunStore, path: string): AsyncGenerator<readonly (readonly string[])[]> {
  const reader = await readStoredCells(store, path)
  try {
    for await (const batch of reader.batches) {
      yield Array.from({ length: batch.records }, (_, record) => recordValues(batch, record))
    }
  } finally {
    await reader.close()
  }
}

/** Cells of all records of a chunk in one attempt. */
export async function readRecords(
  store: RunStore,
  { chunk, attempt }: ChunkAttempt,
): Promise<readonly (readonly string[])[]> {
  const records: (readonly string[])[] = []
  for await (const lines of storedLines(store, chunkFiles(chunk, attempt).csv)) records.push(...lines)
  return records
}

/** Cells of some records of a chunk in one attempt, by their places in it, counted from 0. */
export async function readRecordsAt(
  store: RunStore,
  { chunk, attempt }: ChunkAttempt,
  places: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const records = new Map<number, readonly string[]>()
  let place = 0
  for await (const lines of storedLines(store, chunkFiles(chunk, attempt).csv)) {
    for (const cells of lines) {
      if (places.has(place)) records.set(place, cells)
      place += 1
    }
    if (records.size === places.size) break
  }
  return records
}

/** Bytes of the blocks of files that are read side by side. Each file takes about twice as many. */
const MERGED_BYTES = 4_000_000
const [LEAST_BLOCK, MOST_BLOCK] = [16 * 1024, 256 * 1024]

/** Bytes of a block where so many files may be open at once: the chunks of lanes overlap. */
export const mergedBlockBytes = (files: number): number =>
  Math.round(Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, MERGED_BYTES / files)))

/** Its lines without the header, unparsed, in batches. Throws RunFileMissingError when there is none. */
export async function* storedRecords(store: RunStore, path: string, blockBytes?: number): AsyncGenerator<RecordBytes> {
  yield* withoutHeader(csvRecordBytes(store.blocks(path, blockBytes)))
}

/** Its lines without the header, with the row of each and their place in the file. */
export async function* locatedBatches(store: RunStore, path: string, blockBytes?: number): AsyncGenerator<ResultBatch> {
  let offset = 0
  for await (const batch of csvRecordBytes(store.blocks(path, blockBytes))) {
    const { bytes, count, starts } = batch
    const header = offset === 0 ? 1 : 0
    const first = starts[header] as number
    const records = { bytes, count: count - header, starts: starts.subarray(header) }
    if (records.count > 0) yield { ...resultBatch(records), place: { path, offset: offset + first } }
    offset += (starts[count] as number) - (starts[0] as number)
  }
}

/** Lines of two files that belong together line by line, in batches. Throws a RangeError when the second has fewer. */
export async function* pairedLines(
  store: RunStore,
  first: string,
  second: string,
): AsyncGenerator<readonly (readonly [readonly string[], readonly string[]])[]> {
  const others = storedLines(store, second)
  let waiting: readonly (readonly string[])[] = []
  let next = 0
  try {
    for await (const lines of storedLines(store, first)) {
      const pairs: [readonly string[], readonly string[]][] = []
      for (const line of lines) {
        while (next === waiting.length) {
          const { value, done } = await others.next()
          if (done) throw new RangeError(`${store.location}: ${second} has fewer lines than ${first}`)
          waiting = value
          next = 0
        }
        pairs.push([line, waiting[next] ?? []])
        next += 1
      }
      yield pairs
    }
  } finally {
    await others.return(undefined)
  }
}
