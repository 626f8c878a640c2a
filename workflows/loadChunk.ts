import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  sleep,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { FoundIds, SettledAttempt, StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { type ErrorCount, mergeRejections } from '../loader/results/errorCounts.ts'
import type { RunSettings } from '../packages/client/contract/messages.ts'
import { addTallies, EMPTY_TALLY, type Tally } from '../packages/client/contract/tally.ts'
import { asCancellation } from './cancellation.ts'
import { HEARTBEAT_TIMEOUT } from './heartbeatTimeout.ts'
import { failureOf } from './keepEnd.ts'
import type { OneAtATime } from './oneAtATime.ts'
import { type Sending, STEPS, type StepWords } from './page/stepSummaries.ts'
import { clock } from './page/times.ts'
import { readableFailure } from './readableFailure.ts'

// Once records are on their way the load waits for the org as long as it takes; an operator may cancel it.
const UNTIL_IT_WORKS = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' } as const

// A step that is at work when the run is cancelled ends first: results written before could say of a record that it was not
// sent, and then it is. SDK 1.24 documents this as the default and does not do it.
const STEP = {
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const

const transfers = ({ summary }: StepWords) =>
  proxyActivities<Activities>({ ...STEP, startToCloseTimeout: '3 hours', summary })
const control = ({ summary }: StepWords) =>
  proxyActivities<Activities>({ ...STEP, startToCloseTimeout: '30 minutes', summary })

/** One chunk in one attempt. */
type Place = {
  readonly runId: string
  readonly chunk: number
  readonly operation: StagedChunk['operation']
  readonly attempt: number
}

export type ChunkRun = {
  readonly runId: string
  readonly settings: RunSettings
  readonly engine: StagedSource['engine']
  /** Chunks of the whole run. */
  readonly chunks: number
  /** Records rejected because others held locks are sent again by one chunk at a time. */
  readonly resending: OneAtATime
  /** Told what is done with a chunk from now on, for whoever looks at the run. */
  readonly note: (chunk: StagedChunk, words: string) => void
}

export type LoadedChunk = { readonly tally: Tally; readonly rejections: readonly ErrorCount[] }

/** Sends one chunk and settles every record of it. */
export async function loadChunk(chunk: StagedChunk, run: ChunkRun): Promise<LoadedChunk> {
  const keys = await findIds(chunk, run)
  let { tally, rejections } = keys
  if (keys.found === 0) return { tally, rejections }
  let sending: Sending = { chunk, chunks: run.chunks, attempt: 1, records: keys.found }
  for (;;) {
    const settled = await inTurn(sending, run)
    tally = addTallies(tally, settled.tally)
    rejections = mergeRejections(rejections, settled.rejections)
    if (settled.resend === 0) return { tally, rejections }
    sending = { ...sending, attempt: sending.attempt + 1, records: settled.resend }
    await pause(sending, run)
  }
}

/** On update by a key field each record has to be found first; a chunk may end here when none is there. */
async function findIds(chunk: StagedChunk, run: ChunkRun): Promise<FoundIds> {
  if (chunk.operation !== 'update' || !run.settings.findsIds) {
    return { tally: EMPTY_TALLY, rejections: [], found: chunk.records }
  }
  const step = begin(STEPS.find({ chunk, chunks: run.chunks, attempt: 1, records: chunk.records }), chunk, run)
  return transfers(step).findIds({ runId: run.runId, chunk: chunk.chunk })
}

/** The first sending at once; later ones when no other chunk is sending again. */
function inTurn(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  if (sending.attempt === 1) return sendAttempt(sending, run)
  begin(STEPS.turn(sending), sending.chunk, run)
  return run.resending.run(() => sendAttempt(sending, run))
}

/** @param sending the attempt that the pause is before */
async function pause(sending: Sending, run: ChunkRun): Promise<void> {
  const length = run.settings.resendDelay * 2 ** (sending.attempt - 2)
  const { summary } = begin(STEPS.pause(sending, clock(Date.now() + length)), sending.chunk, run)
  await sleep(length, { summary })
}

function sendAttempt(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const { chunk, attempt } = sending
  const place = { runId: run.runId, chunk: chunk.chunk, operation: chunk.operation, attempt }
  if (run.engine === 'bulk') return throughIngestJob(place, sending, run)
  return transfers(begin(STEPS.send(sending), chunk, run)).sendChunk(place)
}

/** Upload, commit, wait, settle. Only the commit makes Salesforce process anything. */
async function throughIngestJob(place: Place, sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  const uploaded = await transfers(step(STEPS.upload(sending))).uploadChunk(place)
  if ('settled' in uploaded) return uploaded.settled
  const { records } = sending
  try {
    const { jobId } = await control(step(STEPS.commit(sending, uploaded.jobId))).commitChunk({ ...place, ...uploaded })
    await control(step(STEPS.await(sending, jobId))).awaitJob({ runId: place.runId, jobId, records })
    return await transfers(step(STEPS.settle(sending, jobId))).settleChunk({ ...place, jobId, cancelled: false })
  } catch (failure) {
    const error = asCancellation(failure)
    const { jobId } = uploaded
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => stopAndSettle(place, jobId, sending, run)).catch(left => {
        // Its records are in doubt then, and the run is cancelled all the same.
        const reason = failureOf(readableFailure(left)).message
        log.warn('A job was left as it is in Salesforce', { run: run.runId, jobId, reason })
      })
    }
    throw error
  }
}

/** A cancelled run still accounts for what Salesforce had done by then. */
async function stopAndSettle(place: Place, jobId: string, sending: Sending, run: ChunkRun): Promise<void> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  await control(step(STEPS.abort(sending, jobId))).abortJob({ ...place, jobId })
  await control(step(STEPS.await(sending, jobId))).awaitJob({ runId: place.runId, jobId, records: sending.records })
  await transfers(step(STEPS.settle(sending, jobId))).settleChunk({ ...place, jobId, cancelled: true })
}

function begin(words: StepWords, chunk: StagedChunk, run: ChunkRun): StepWords {
  run.note(chunk, words.now)
  return words
}
