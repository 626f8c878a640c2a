import { type Candidate, decideLost } from '../../matching/lostAnswer.ts'
import { failedAnswer, inDoubtAnswer, outcomeOf, succeededAnswer } from '../../results/recordAnswer.ts'
import {
  candidatesOf,
  claimsOn,
  createdSince,
  deletedSince,
  NO_CLAIMS,
  openSearch,
  orgTimeOf,
  type Search,
  type SearchedChunk,
  untouchedSince,
} from '../collections/recordSearch.ts'
import type { RowAnswer } from '../settleAttempt.ts'
import { commitTime } from './commitChunk.ts'

/**
 * Settles the records of a job that the org no longer has by the records in the org. A record that has every value that was sent was written. A
 * record that the org does not have, or has not changed since the job was committed, was not: its job rejected it, or did not process it. A record that
 * was to be deleted was deleted if it is in the recycle bin since then, and was not if the org still has it. Of the others nothing is known, nor of
 * records that people have had time to change.
 * @param sent the whole chunk
 * @param isEarly whether Salesforce may still process records of the job
 * @returns the answer by place in the chunk, counted from 0
 */
export async function answersWithoutJob(
  sent: SearchedChunk,
  jobId: string,
  isEarly: boolean,
): Promise<(index: number) => RowAnswer> {
  const isDelete = sent.place.operation === 'delete'
  const { written, absent, untouched } = await (isDelete ? searchedDeletes(sent) : searchedRecords(sent))
  const gone = `Job ${jobId} does not exist in Salesforce any more (it was deleted, or is older than seven days), so its results cannot be read, and the org`
  const doubt = inDoubtAnswer(
    `${gone} does not show that this record was ${isDelete ? 'deleted' : 'written'}; check the org before you load it again`,
  )
  const missing = failedAnswer({ code: 'JOB_DELETED', message: `${gone} does not have this record; load it again` })
  const unchanged = failedAnswer({
    code: 'JOB_DELETED',
    message: `${gone} ${isDelete ? 'still has this record' : 'has not changed this record since'}; load it again`,
  })
  return index => {
    const answer = written.get(index)
    if (answer !== undefined || isEarly) return answer ?? doubt
    if (untouched.has(index)) return unchanged
    return absent.has(index) ? missing : doubt
  }
}

/** Milliseconds after the commit for which people and automation of the org have hardly changed or deleted a record. */
export const UNCHANGED = 24 * 3_600_000

/** By place in the chunk. */
type Searched = {
  readonly written: ReadonlyMap<number, RowAnswer>
  readonly absent: ReadonlySet<number>
  /** Records that an update or upsert was to change, and that nothing has changed; records that were to be deleted, and that are still there. */
  readonly untouched: ReadonlySet<number>
}

async function searchedRecords(sent: SearchedChunk): Promise<Searched> {
  const since = await commitTime(sent.store, sent.place)
  const { operation } = sent.place
  // Any record with the same values could be an older one.
  if (operation === 'create' && since === undefined)
    return { written: new Map(), absent: new Set(), untouched: new Set() }
  const search = openSearch(sent, [...sent.records.keys()], since ?? 0)
  const candidates = await candidatesOf(search)
  const claims =
    operation === 'create' && candidates.length > 0 ? await claimsOn(search, candidates, () => false) : NO_CLAIMS
  const free = candidates.filter(({ id }) => !claims.accounted.has(id))
  const { found, absent } = decideLost(search.rows, free, { ...search.context, ...claims })
  const created = await createdBy(sent, since, [...found.values()])
  const written = new Map(
    [...found].map(([index, id]) => [index, succeededAnswer(id, outcomeOf(operation, created.has(id)))]),
  )
  const isRecent = since !== undefined && orgTimeOf(sent) - since < UNCHANGED
  const untouched = since === undefined ? [] : await untouchedRows(search, candidates, since)
  return { written, absent: new Set(isRecent ? absent : []), untouched: new Set(untouched) }
}

/** A record that was deleted past the recycle bin leaves no trace. */
async function searchedDeletes(sent: SearchedChunk): Promise<Searched> {
  const since = await commitTime(sent.store, sent.place)
  const ids = sent.records.map(([id = '']) => id)
  const candidates = await candidatesOf(openSearch(sent, [...ids.keys()], 0))
  const live = new Set(candidates.map(({ id }) => id))
  const left = ids.filter(id => !live.has(id))
  const deleted = since === undefined ? new Set<string>() : await deletedSince(sent, since, left)
  const answers = [...ids.entries()].filter(([, id]) => deleted.has(id))
  return {
    written: new Map(answers.map(([index, id]) => [index, succeededAnswer(id, 'deleted')])),
    absent: new Set(),
    untouched: new Set([...ids.keys()].filter(index => live.has(ids[index] ?? ''))),
  }
}

/** Rows whose record, found by its Id or External ID, was last changed before the job was committed. */
async function untouchedRows(
  { sent, rows, context: { uniqueColumn } }: Search,
  candidates: readonly Candidate[],
  since: number,
): Promise<readonly number[]> {
  if (sent.place.operation === 'create') return []
  const ids = await untouchedSince(
    sent,
    since,
    candidates.map(({ id }) => id),
  )
  const keys = new Set(candidates.filter(({ id }) => ids.has(id)).map(candidate => candidate.keys[uniqueColumn]))
  return rows.filter(row => keys.has(row.keys[uniqueColumn])).map(({ index }) => index)
}

async function createdBy(
  sent: SearchedChunk,
  since: number | undefined,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (sent.place.operation === 'create') return new Set(ids)
  return sent.place.operation === 'update' || since === undefined ? new Set() : createdSince(sent, since, ids)
}
