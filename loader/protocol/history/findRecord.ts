// What a run did to one record: found by the index of the run, or by its results when it has none.
import type { RecordResult, RunReport } from '../../../packages/client/contract/runReport.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { changedFieldsOf } from '../../results/planLines.ts'
import { ResultParts } from '../../results/resultBatch.ts'
import { RunFileMissingError } from '../../storage/errors.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type EarlierFiles, finalResults, readEarlier } from '../earlier/finalResults.ts'
import { chunkFiles, INDEX_FILES, PLAN_REPORT_FILE, REPORT_FILE, STAGED_FILE } from '../layout.ts'
import { locatedBatches, readJsonIfThere } from '../runRecords.ts'
import { bucketOf, ENTRY_BYTES, type IndexNote, PLACE_BYTES } from './recordIndex.ts'
import { ValueHasher } from './recordValues.ts'
import { visitSentKeys } from './sentKeys.ts'

/** A result of the record. `changed`: the fields that were overwritten, in a run that compared. */
export type FoundResult = RecordResult & { readonly changed?: readonly string[] }

const [LF, QUOTE] = [10, 34]

/** Bytes in which most lines of a result end. */
const LINE_BYTES = 512

/**
 * What a run did to the records with a value: their Salesforce Id, an identity field, or the key by which they were sent. In the order of rows.
 * undefined while the run has not ended; a plan has done nothing.
 */
export async function findRecord(
  store: RunStore,
  runId: string,
  value: string,
): Promise<readonly FoundResult[] | undefined> {
  const note = await readIndex(store)
  if (note !== undefined) return findByIndex(store, note, value)
  if ((await store.size(STAGED_FILE)) === undefined) return []
  const report = await readJsonIfThere<Pick<RunReport, 'outcome'>>(store, REPORT_FILE)
  if (report === undefined) return (await store.size(PLAN_REPORT_FILE)) === undefined ? undefined : []
  const { outcome } = report
  return findByReading(
    await readEarlier(store, runId),
    value,
    outcome === 'failed' || outcome === 'cancelled' ? outcome : undefined,
  )
}

/** The name of the sync in the index of a run; undefined when it has none. */
export const readIndex = (store: RunStore): Promise<IndexNote | undefined> =>
  readJsonIfThere<IndexNote>(store, INDEX_FILES.note)

async function findByIndex(store: RunStore, note: IndexNote, value: string): Promise<readonly FoundResult[]> {
  const rows = new Set<number>()
  for (const [a, b] of hashesOf(value, Int32Array.from(note.key))) {
    for (const row of await rowsWith(store, note, a, b)) rows.add(row)
  }
  const found: FoundResult[] = []
  for (const row of [...rows].toSorted((one, other) => one - other)) {
    const line = await lineOf(store, note, INDEX_FILES.results, row)
    const [result] = line === undefined ? [] : recordResults([readChunkResult(line)])
    if (result !== undefined) found.push(withVerdict(result, await lineOf(store, note, INDEX_FILES.plan, row)))
  }
  return found
}

/** @param verdict the line of plan.csv */
const withVerdict = (result: RecordResult, verdict: string | undefined): FoundResult =>
  verdict === undefined ? result : { ...result, changed: changedFieldsOf(verdict) }

type Hash = readonly [number, number]

function hashesOf(value: string, key: Int32Array): readonly Hash[] {
  const hashes: Hash[] = []
  const bytes = Buffer.from(value)
  new ValueHasher((a, b) => void hashes.push([a, b]), key).asked(bytes, 0, bytes.length)
  return hashes
}

async function rowsWith(store: RunStore, { segments }: IndexNote, a: number, b: number): Promise<readonly number[]> {
  const rows: number[] = []
  const bucket = bucketOf(a)
  let start = 0
  for (const counts of segments) {
    const first = start + sum(counts.slice(0, bucket))
    const count = counts[bucket] ?? 0
    start += sum(counts)
    if (count === 0) continue
    const bytes = await requiredPart(store, INDEX_FILES.values, first * ENTRY_BYTES, count * ENTRY_BYTES)
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
      if (bytes.readUInt32LE(at) === a && bytes.readUInt32LE(at + 4) === b) rows.push(bytes.readUInt32LE(at + 8))
    }
  }
  return rows
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

async function requiredPart(store: RunStore, path: string, from: number, bytes: number): Promise<Buffer> {
  const part = await store.part(path, from, bytes)
  if (part === undefined) throw new RunFileMissingError(store.location, path)
  return part
}

/** The line of a row, by a table of places; undefined when the row has none. */
async function lineOf(store: RunStore, { files }: IndexNote, table: string, row: number): Promise<string | undefined> {
  const place = await store.part(table, (row - 1) * PLACE_BYTES, PLACE_BYTES)
  if (place === undefined || place.length < PLACE_BYTES) return undefined
  const path = files[place.readUInt32LE(0) - 1]
  if (path === undefined) return undefined
  for (let wanted = LINE_BYTES; ; wanted *= 8) {
    const bytes = await requiredPart(store, path, place.readUInt32LE(4), wanted)
    const end = endOfRecord(bytes)
    if (end !== undefined) return bytes.toString('utf8', 0, end)
    if (bytes.length < wanted) return undefined
  }
}

/** The first line feed outside quotes. */
function endOfRecord(bytes: Buffer): number | undefined {
  let isQuoted = false
  for (const [at, byte] of bytes.entries()) {
    if (byte === QUOTE) isQuoted = !isQuoted
    else if (byte === LF && !isQuoted) return at
  }
  return undefined
}

async function findByReading(
  earlier: EarlierFiles,
  value: string,
  unfinished: 'failed' | 'cancelled' | undefined,
): Promise<readonly FoundResult[]> {
  const { store, run, staged } = earlier
  let isFound = false
  const hasher = new ValueHasher((a, b) => {
    isFound ||= wanted.some(([one, other]) => one === a && other === b)
  })
  const wanted = hashesOf(value, hasher.key)
  const rows = new Set<number>()
  await visitSentKeys(store, run.plan, staged.chunks, new AbortController().signal, {
    take: (row, { bytes, start, end }) => {
      isFound = false
      hasher.asked(bytes, start, end)
      if (isFound) rows.add(row)
    },
    flush: async () => undefined,
  })
  const lines: string[] = []
  const parts = new ResultParts()
  for await (const ranges of finalResults(earlier, unfinished)) {
    for (const { batch, from, to } of ranges) {
      for (let at = from; at < to; at++) {
        isFound = rows.has(batch.rows[at] as number)
        if (!isFound) hasher.result(batch.bytes, parts.read(batch, at))
        if (isFound) lines.push(recordText(batch, at))
      }
    }
  }
  const results = recordResults(lines.map(readChunkResult))
  if (run.plan.compares !== true) return results
  const verdicts = await verdictsOf(earlier, new Set(results.map(({ row }) => row)))
  return results.map(result => withVerdict(result, verdicts.get(result.row)))
}

/** The lines of plan.csv of some rows. */
async function verdictsOf(
  { store, staged }: EarlierFiles,
  rows: ReadonlySet<number>,
): Promise<ReadonlyMap<number, string>> {
  const verdicts = new Map<number, string>()
  for (const { chunk } of rows.size === 0 ? [] : staged.chunks) {
    const { plan } = chunkFiles(chunk, 1)
    if ((await store.size(plan)) === undefined) continue
    for await (const batch of locatedBatches(store, plan)) {
      for (const [at, row] of batch.rows.entries()) if (rows.has(row)) verdicts.set(row, recordText(batch, at))
    }
  }
  return verdicts
}
