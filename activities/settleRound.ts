import { chunkFiles } from '../store/runLayout.ts'
import type { RunStore } from '../store/runStore.ts'
import { chunkResultsHeader, chunkResultsLine } from '../sync/chunkResults.ts'
import { isPassingError } from '../sync/passingErrors.ts'
import type { RecordAnswer } from '../sync/recordAnswer.ts'
import type { Operation } from '../sync/spec.ts'
import type { Tally } from '../sync/tally.ts'
import { utcTimestamp } from '../sync/utcTimestamp.ts'
import { wireColumns } from '../sync/wireColumns.ts'
import type { SettledRound } from '../workflows/staged.ts'
import type { ChunkRound } from './chunkRound.ts'
import { ChunkWriter } from './chunkWriter.ts'
import { type PlannedRun, readJsonIfThere, writeJson } from './runRecords.ts'
import { pairedLines } from './storedCsv.ts'

export type OperationRound = ChunkRound & { readonly operation: Operation }

/** What is known of one record of a chunk; `unprocessed` was neither tried nor written. */
export type RowAnswer = RecordAnswer | 'unprocessed'

/** The counts of a round that was settled before; undefined while it was not. */
export const settledBefore = (store: RunStore, { chunk, round }: ChunkRound): Promise<SettledRound | undefined> =>
  readJsonIfThere<SettledRound>(store, chunkFiles(chunk, round).settled)

/**
 * Writes the results of one round of a chunk, puts the records that are worth another try into the next round, and then, as the
 * last thing, that all of this is done.
 * @param answerOf the answer for the record at this place of the chunk, counted from 0
 */
export async function settleRound(
  store: RunStore,
  place: OperationRound,
  run: PlannedRun,
  answerOf: (index: number) => RowAnswer,
): Promise<SettledRound> {
  const files = chunkFiles(place.chunk, place.round)
  const results = store.writer(files.results)
  const next = nextRound(store, place, run)
  const counts = { created: 0, updated: 0, failed: 0, in_doubt: 0 }
  const lastRound = place.round >= run.spec.resend.rounds
  let index = 0
  try {
    await results.write(chunkResultsHeader(run.plan.identityFields))
    for await (const [[row = '', ...identity], cells] of pairedLines(store, files.rows, files.csv)) {
      const answer = answerOf(index)
      index += 1
      if (!lastRound && isWorthAnotherTry(answer)) {
        next.add(Number(row), identity, cells)
        await next.flush()
        continue
      }
      const given = answer === 'unprocessed' ? NEVER_PROCESSED : answer
      counts[given.outcome] += 1
      const result = {
        ...given,
        row: Number(row),
        operation: place.operation,
        identity,
        timestamp: utcTimestamp(Date.now()),
      }
      await results.write(chunkResultsLine(result))
    }
    await results.finish()
  } catch (error) {
    await results.discard()
    await next.discard()
    throw error
  }
  return finishRound(store, place, next, tallyFrom(counts))
}

/** For records that Salesforce left unprocessed in every round. */
const NEVER_PROCESSED: RecordAnswer = {
  outcome: 'failed',
  id: '',
  errorCode: 'NOT_PROCESSED',
  errorMessage: 'Salesforce took this record in every round and processed it in none; load it again',
}

function isWorthAnotherTry(answer: RowAnswer): boolean {
  if (answer === 'unprocessed') return true
  return answer.outcome === 'failed' && isPassingError(answer.errorCode, answer.errorMessage)
}

/** The next round has the same columns and no limit: it is never larger than this one. */
function nextRound(store: RunStore, place: OperationRound, { plan }: PlannedRun): ChunkWriter {
  const part = { chunk: place.chunk, operation: place.operation, round: place.round + 1, keyed: false }
  const csv = wireColumns(plan, place.operation).map(({ name }) => name)
  const unlimited = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
  return new ChunkWriter(store, part, { csv, rows: ['row', ...plan.identityFields] }, unlimited)
}

async function finishRound(
  store: RunStore,
  place: OperationRound,
  next: ChunkWriter,
  tally: Tally,
): Promise<SettledRound> {
  const resend = next.staged.records
  if (resend > 0) await next.finish()
  else await next.discard()
  const settled: SettledRound = { tally, resend }
  await writeJson(store, chunkFiles(place.chunk, place.round).settled, settled)
  return settled
}

const tallyFrom = ({
  created,
  updated,
  failed,
  in_doubt: inDoubt,
}: Record<RecordAnswer['outcome'], number>): Tally => ({
  created,
  updated,
  failed,
  inDoubt,
})
