import {
  answerFromSaveResult,
  failedAnswer,
  inDoubtAnswer,
  type RecordAnswer,
  succeededAnswer,
} from '../../results/recordAnswer.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { committedJob } from '../bulk/commitChunk.ts'
import { againOf, type CollectionRequest, collectionRequests, halvesOf } from '../collections/collectionSender.ts'
import { ANSWER_LOST } from '../collections/lostRecords.ts'
import { RequestJournal } from '../collections/requestJournal.ts'
import { chunkFiles } from '../layout.ts'
import type { OperationAttempt } from '../settleAttempt.ts'

/** Why a run ended before all of its records were sent. */
export type Unfinished = 'cancelled' | 'failed'

/** For a record that was certainly not sent. */
export const notSent = (why: Unfinished): RecordAnswer =>
  failedAnswer({
    code: 'NOT_SENT',
    message: `Not sent: the run ${why === 'failed' ? 'failed' : 'was cancelled'} before this record's turn`,
  })

/**
 * Returns the answers for the records of a chunk that a run sent, or started to send, and never settled.
 * @param records of the chunk in this attempt
 * @returns the answer by place in the chunk, counted from 0
 */
export async function unsettledAnswers(
  store: RunStore,
  place: OperationAttempt,
  records: number,
  why: Unfinished,
): Promise<(index: number) => RecordAnswer> {
  const jobId = await committedJob(store, place)
  if (jobId !== undefined) {
    const message = `Job ${jobId} was committed, and the run ended before its results were read; check the job in Salesforce before you load this record again`
    return () => inDoubtAnswer(message)
  }
  const journal = await RequestJournal.open(store, chunkFiles(place.chunk, place.attempt).journal)
  const answers = new Map<number, RecordAnswer>()
  for (const request of collectionRequests(records)) await recall(journal, request, place, answers)
  return index => answers.get(index) ?? notSent(why)
}

/** What the journal holds of a request and of those cut from it. */
async function recall(
  journal: RequestJournal,
  request: CollectionRequest,
  place: OperationAttempt,
  answers: Map<number, RecordAnswer>,
): Promise<void> {
  const { name, indexes } = request
  const results = await journal.answer(name)
  const decision = await journal.decision(name)
  if (results !== undefined) {
    for (const [position, result] of results.entries()) {
      answers.set(indexes[position] ?? -1, answerFromSaveResult(result, place.operation))
    }
  } else if (journal.isHalved(name)) {
    for (const half of halvesOf(request)) await recall(journal, half, place, answers)
  } else if (decision !== undefined) {
    for (const [index, id] of decision.found) answers.set(index, succeededAnswer(id, true))
    for (const index of decision.undecided) answers.set(index, inDoubtAnswer(ANSWER_LOST))
    await recall(journal, againOf(request, decision.absent), place, answers)
  } else if ((await journal.intent(name)) !== undefined) {
    for (const index of indexes) answers.set(index, inDoubtAnswer(ANSWER_LOST))
  }
}
