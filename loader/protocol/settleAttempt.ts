import type { Operation } from '../../packages/client/contract/operations.ts'
import { type RecordBytes, recordText } from '../csv/recordBytes.ts'
import { wireColumns } from '../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsText } from '../results/chunkResults.ts'
import { isDuplicate } from '../results/duplicateAdvice.ts'
import { ErrorCounter, rejectionsOf } from '../results/errorCounts.ts'
import { compileParentAdvice } from '../results/missingParent.ts'
import { compilePlaceAdvice } from '../results/placeAdvice.ts'
import { isTransientError, type RecordAnswer } from '../results/recordAnswer.ts'
import { ResultLines } from '../results/resultLines.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import type { Successes } from '../results/successes.ts'
import { newCounts, tallyOf } from '../results/tally.ts'
import { isGovernorLimit } from '../salesforce/governorLimit.ts'
import type { RunStore } from '../storage/runStore.ts'
import { CHUNKS_FOLDER, type ChunkAttempt, chunkFiles, SETTLED_SUFFIX } from './layout.ts'
import { type PlannedRun, pairedLines, readJsonIfThere, storedRecords, writeJson } from './runRecords.ts'
import { ChunkWriter, UNLIMITED } from './stage/chunkWriter.ts'
import type { SettledAttempt } from './staged.ts'

export type OperationAttempt = ChunkAttempt & { readonly operation: Operation }

/** What is known of one record of a chunk; `unprocessed` was neither processed nor written. */
export type RowAnswer = RecordAnswer | 'unprocessed'

/** The answers for the records of a chunk, by their place in it, counted from 0. */
export type ChunkAnswers = {
  readonly at: (index: number) => RowAnswer
  /** The answers that need no object for each record. */
  readonly successes?: Successes
}

/** The counts of an attempt that was settled before; undefined while it was not. */
export const settledBefore = (store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<SettledAttempt | undefined> =>
  readJsonIfThere<SettledAttempt>(store, chunkFiles(chunk, attempt).settled)

/** The same, unless the results of the job were not complete: a run that continues reads them again. */
export async function settledForGood(store: RunStore, place: ChunkAttempt): Promise<SettledAttempt | undefined> {
  const settled = await settledBefore(store, place)
  return settled?.isDoubtful ? undefined : settled
}

/** Whether a run that continues reads results again that were not complete. */
export async function readsResultsAgain(store: RunStore): Promise<boolean> {
  for (const path of await store.list(CHUNKS_FOLDER)) {
    if (!path.endsWith(SETTLED_SUFFIX)) continue
    const settled = await readJsonIfThere<SettledAttempt>(store, path)
    if (settled?.isDoubtful) return true
  }
  return false
}

/**
 * Writes the results of one attempt of a chunk and the records of the next attempt. The settled file is written last: an attempt
 * that has it is not repeated.
 * @param ofRequests whether collection requests have sent the records: those that a governor limit rejected were sent alone already
 */
export async function settleAttempt(
  store: RunStore,
  place: OperationAttempt,
  run: PlannedRun,
  answers: ChunkAnswers,
  { isDoubtful = false, ofRequests = false } = {},
): Promise<SettledAttempt> {
  const isLast = place.attempt >= run.spec.resend.maxAttempts
  let needsRequests = false
  const isResent = (answer: RowAnswer): boolean => {
    if (isLast) return false
    const isForRequests = !ofRequests && mayPassInRequests(answer, run)
    needsRequests ||= isForRequests
    return isForRequests || isWorthAnotherTry(answer)
  }
  const files = chunkFiles(place.chunk, place.attempt)
  const advised = ofRequests ? answers : { ...answers, at: (index: number) => withJobAdvice(answers.at(index)) }
  const settled = await writeResults(store, place, run, files.results, advised, isResent)
  if (settled.resend > 0) await writeNextAttempt(store, place, run, index => isResent(answers.at(index)))
  // Once records are sent again, the next attempt belongs to this reading.
  const canBeReadAgain = isDoubtful && settled.resend === 0
  const ended: SettledAttempt = needsRequests ? { ...settled, needsRequests } : settled
  await writeJson(store, files.settled, canBeReadAgain ? { ...ended, isDoubtful } : ended)
  return ended
}

/** Writes preliminary results of an attempt; settleAttempt writes the final ones. */
export async function writeProvisional(
  store: RunStore,
  place: OperationAttempt,
  run: PlannedRun,
  answers: ChunkAnswers,
): Promise<void> {
  await writeResults(store, place, run, chunkFiles(place.chunk, place.attempt).provisional, answers, () => false)
}

async function writeResults(
  store: RunStore,
  { chunk, attempt, operation }: OperationAttempt,
  { plan }: PlannedRun,
  path: string,
  answers: ChunkAnswers,
  isResent: (answer: RowAnswer) => boolean,
): Promise<SettledAttempt> {
  const { rows } = chunkFiles(chunk, attempt)
  const results = store.writer(path)
  const counts = newCounts()
  const errors = new ErrorCounter()
  const withParentAdvice = compileParentAdvice(plan)
  const withPlaceAdvice = compilePlaceAdvice(plan)
  const timestamp = utcTimestamp(Date.now())
  const lines = new ResultLines(operation, timestamp)
  let resend = 0
  const addAnswer = (answer: RowAnswer, record: string): void => {
    if (isResent(answer)) {
      resend += 1
      return
    }
    const { outcome, id, errorCode, errorMessage: reason } = answer === 'unprocessed' ? NEVER_PROCESSED : answer
    const errorMessage = outcome === 'failed' ? withPlaceAdvice(withParentAdvice(reason)) : reason
    counts[outcome] += 1
    // The row number precedes the identity fields, which are copied as they are.
    const row = Number.parseInt(record, 10)
    if (outcome === 'failed') errors.add({ row, errorCode, errorMessage })
    const result = { row, operation, outcome, id, errorCode, errorMessage, timestamp }
    lines.add(chunkResultsText(result, record.slice(String(row).length)))
  }
  const { successes } = answers
  let index = 0
  const addAnswers = (records: RecordBytes): void => {
    const { bytes, starts, count } = records
    for (let at = 0; at < count; at++, index++) {
      if (successes?.has(index) !== true) addAnswer(answers.at(index), recordText(records, at))
      else {
        lines.addSuccess(bytes, starts[at] as number, starts[at + 1] as number, successes, index)
        counts[successes.outcome(index)] += 1
      }
    }
  }
  try {
    await results.write(chunkResultsHeader(plan.identityFields))
    for await (const records of storedRecords(store, rows)) {
      addAnswers(records)
      await results.write(lines.take())
    }
    await results.finish()
  } catch (error) {
    await results.discard()
    throw error
  }
  return { tally: tallyOf(counts), rejections: rejectionsOf(errors), resend }
}

/** The answer for records that Salesforce left unprocessed in every attempt. */
const NEVER_PROCESSED: RecordAnswer = {
  outcome: 'failed',
  id: '',
  errorCode: 'NOT_PROCESSED',
  errorMessage: 'Salesforce accepted this record in every attempt and processed it in none; load it again',
}

const isLimited = ({ outcome, errorCode, errorMessage }: RecordAnswer): boolean =>
  outcome === 'failed' && isGovernorLimit(errorCode, errorMessage)

const mayPassInRequests = (answer: RowAnswer, { plan }: PlannedRun): boolean =>
  answer !== 'unprocessed' && (isLimited(answer) || (plan.savesDuplicates === true && isDuplicate(answer)))

const LIMIT_ADVICE =
  'a job gives each trigger 200 records at a time: load rejected.csv with engine: collections, which sends fewer'

function withJobAdvice(answer: RowAnswer): RowAnswer {
  if (answer === 'unprocessed') return answer
  return isLimited(answer) ? { ...answer, errorMessage: `${answer.errorMessage}; ${LIMIT_ADVICE}` } : answer
}

function isWorthAnotherTry(answer: RowAnswer): boolean {
  if (answer === 'unprocessed') return true
  return answer.outcome === 'failed' && isTransientError(answer.errorCode, answer.errorMessage)
}

/** The next attempt has the same columns and no limit: it is never larger than this one. */
async function writeNextAttempt(
  store: RunStore,
  { chunk, attempt, operation }: OperationAttempt,
  { plan }: PlannedRun,
  isResent: (index: number) => boolean,
): Promise<void> {
  const files = chunkFiles(chunk, attempt)
  const csv = wireColumns(plan, operation).map(({ name }) => name)
  const part = { chunk, operation, attempt: attempt + 1, form: 'sent' } as const
  const next = new ChunkWriter(store, part, { csv, rows: ['row', ...plan.identityFields] }, UNLIMITED)
  let index = 0
  try {
    for await (const pairs of pairedLines(store, files.rows, files.csv)) {
      for (const [[row = '', ...identity], cells] of pairs) {
        if (isResent(index)) next.add(Number(row), identity, cells)
        index += 1
      }
      await next.flush()
    }
    await next.finish()
  } catch (error) {
    await next.discard()
    throw error
  }
}
