import { leadingNumber } from '../../csv/recordBytes.ts'
import { decideLost } from '../../matching/lostAnswer.ts'
import { mayBeHidden } from '../../plan/fileFields.ts'
import { inDoubtAnswer, type RecordAnswer, succeededAnswer } from '../../results/recordAnswer.ts'
import { ResultParts } from '../../results/resultBatch.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import { commitTime } from '../bulk/commitChunk.ts'
import { UNCHANGED } from '../bulk/goneJob.ts'
import { candidatesOf, claimsOn, NO_CLAIMS, openSearch, orgTimeOf } from '../collections/recordSearch.ts'
import type { Intent } from '../collections/requestJournal.ts'
import { chunkFiles, JOURNAL } from '../layout.ts'
import { readJsonIfThere, readRecords, storedRecords } from '../runRecords.ts'
import { type OperationAttempt, settledBefore } from '../settleAttempt.ts'
import type { EarlierFiles } from './finalResults.ts'

export type DoubtfulSearch = {
  readonly salesforce: SalesforceConnection
  readonly runStores: RunStores
  readonly signal: AbortSignal
}

/**
 * Searches the org for records that an earlier run may have created. A record that is found was created; one that is provably absent has no
 * answer and may be sent; the others stay in doubt.
 * @param rows of the earlier source @returns by row of the earlier source
 */
export async function doubtfulCreates(
  earlier: EarlierFiles,
  rows: ReadonlySet<number>,
  search: DoubtfulSearch,
): Promise<ReadonlyMap<number, RecordAnswer>> {
  const { runId, store, staged } = earlier
  await search.salesforce.readClock(search.signal)
  const undecided = inDoubtAnswer(
    `Run ${runId} may have created this record, and the org still does not show whether it did; check the org before you load it again`,
  )
  const answers = new Map<number, RecordAnswer>([...rows].map(row => [row, undecided]))
  for (const { chunk, operation } of staged.chunks) {
    if (operation !== 'create') continue
    for (let attempt = 1; ; attempt += 1) {
      const place = { runId, chunk, attempt, operation }
      const settled = await settledBefore(store, place)
      if (settled === undefined) break
      if (settled.tally.inDoubt > 0) await searchAttempt(earlier, place, { ...search, rows, answers })
      if (settled.resend === 0) break
    }
  }
  return answers
}

async function searchAttempt(
  { store, run }: EarlierFiles,
  place: OperationAttempt,
  {
    rows,
    answers,
    ...search
  }: DoubtfulSearch & { readonly rows: ReadonlySet<number>; readonly answers: Map<number, RecordAnswer> },
): Promise<void> {
  const since = (await commitTime(store, place)) ?? (await firstIntent(place, store))
  if (since === undefined) return
  const files = chunkFiles(place.chunk, place.attempt)
  const rowOf = await rowsOf(store, files.rows)
  // Another attempt may have sent the same record for certain, or certainly not have written it.
  const doubtful = new Set(await rowsOf(store, files.results, ({ outcome }) => outcome === 'in_doubt'))
  const indexes = [...rowOf.keys()].filter(index => rows.has(rowOf[index] ?? 0) && doubtful.has(rowOf[index] ?? 0))
  const sent = { ...search, store, place, run, records: await readRecords(store, place) }
  const lost = openSearch(sent, indexes, since)
  const candidates = await candidatesOf(lost)
  const claims = candidates.length === 0 ? NO_CLAIMS : await claimsOn(lost, candidates, () => false)
  const free = candidates.filter(({ id }) => !claims.accounted.has(id))
  const { found, absent } = decideLost(lost.rows, free, { ...lost.context, ...claims })
  for (const [index, id] of found) answers.set(rowOf[index] ?? 0, succeededAnswer(id, 'created'))
  if (orgTimeOf(sent) - since >= UNCHANGED || mayBeHidden(run.plan)) return
  for (const index of absent) answers.delete(rowOf[index] ?? 0)
}

/** The rows of the lines of a file, in their order. */
async function rowsOf(store: RunStore, path: string, isTaken?: (parts: ResultParts) => boolean): Promise<number[]> {
  const parts = new ResultParts()
  const rows: number[] = []
  for await (const lines of storedRecords(store, path)) {
    for (let at = 0; at < lines.count; at++) {
      if (isTaken?.(parts.read(lines, at)) !== false) rows.push(leadingNumber(lines.bytes, lines.starts[at] as number))
    }
  }
  return rows
}

/** When the first collection request of an attempt was declared, by the org's clock. */
async function firstIntent({ chunk, attempt }: OperationAttempt, store: RunStore): Promise<number | undefined> {
  const paths = await store.list(chunkFiles(chunk, attempt).journal)
  const times: number[] = []
  for (const path of paths.filter(one => one.endsWith(JOURNAL.intent))) {
    const intent = await readJsonIfThere<Intent>(store, path)
    if (intent !== undefined) times.push(intent.orgTime)
  }
  return times.length === 0 ? undefined : Math.min(...times)
}
