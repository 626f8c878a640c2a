import { CancellationScope, isCancellation, log, sleep } from '@temporalio/workflow'
import type { RunSettings } from '../activities/runSettings.ts'
import type { FoundIds, SettledAttempt, StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { addTallies, EMPTY_TALLY } from '../loader/results/tally.ts'
import type { ErrorCount, Tally } from '../packages/client/contract/runReport.ts'
import type { Mutex } from './concurrency.ts'
import { asCancellation, failureFacts, readableFailure } from './failures.ts'
import { type Sending, STEPS, type StepWords } from './page/stepSummaries.ts'
import { clock } from './page/text.ts'
import { CONTROL, stepsUnder, TRANSFER } from './policies.ts'

const transfer = ({ summary }: StepWords) => stepsUnder(TRANSFER, summary)
const control = ({ summary }: StepWords) => stepsUnder(CONTROL, summary)

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
  readonly resending: Mutex
  /** Shows on the page of the run what happens to a chunk from now on. */
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

/** On update by a key field each record must be found first. A chunk ends here when none of its records exists. */
async function findIds(chunk: StagedChunk, run: ChunkRun): Promise<FoundIds> {
  if (chunk.operation !== 'update' || !run.settings.findsIds) {
    return { tally: EMPTY_TALLY, rejections: [], found: chunk.records }
  }
  const step = begin(STEPS.find({ chunk, chunks: run.chunks, attempt: 1, records: chunk.records }), chunk, run)
  return transfer(step).findIds({ runId: run.runId, chunk: chunk.chunk })
}

/** The first attempt runs immediately; later ones run while no other chunk is sent again. */
function inTurn(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  if (sending.attempt === 1) return sendAttempt(sending, run)
  begin(STEPS.turn(sending), sending.chunk, run)
  return run.resending.run(() => sendAttempt(sending, run))
}

/** @param sending the attempt after the pause */
async function pause(sending: Sending, run: ChunkRun): Promise<void> {
  const length = run.settings.resendDelay * 2 ** (sending.attempt - 2)
  const { summary } = begin(STEPS.pause(sending, clock(Date.now() + length)), sending.chunk, run)
  await sleep(length, { summary })
}

function sendAttempt(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const { chunk, attempt } = sending
  const place = { runId: run.runId, chunk: chunk.chunk, operation: chunk.operation, attempt }
  if (run.engine === 'bulk') return throughIngestJob(place, sending, run)
  return transfer(begin(STEPS.send(sending), chunk, run)).sendChunk(place)
}

/** Upload, commit, await, settle. Only the commit makes Salesforce process anything. */
async function throughIngestJob(place: Place, sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  const uploaded = await transfer(step(STEPS.upload(sending))).uploadChunk(place)
  if ('settled' in uploaded) return uploaded.settled
  const { records } = sending
  try {
    const { jobId } = await control(step(STEPS.commit(sending, uploaded.jobId))).commitChunk({ ...place, ...uploaded })
    await control(step(STEPS.await(sending, jobId))).awaitJob({ runId: place.runId, jobId, records })
    return await transfer(step(STEPS.settle(sending, jobId))).settleChunk({ ...place, jobId, cancelled: false })
  } catch (failure) {
    const error = asCancellation(failure)
    const { jobId } = uploaded
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => stopAndSettle(place, jobId, sending, run)).catch(left => {
        // Its records are in doubt then, and the run is cancelled anyway.
        const reason = failureFacts(readableFailure(left)).message
        log.warn('A job was left as it is in Salesforce', { run: run.runId, jobId, reason })
      })
    }
    throw error
  }
}

/** A cancelled run still reports what Salesforce processed before. */
async function stopAndSettle(place: Place, jobId: string, sending: Sending, run: ChunkRun): Promise<void> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  await control(step(STEPS.abort(sending, jobId))).abortJob({ ...place, jobId })
  await control(step(STEPS.await(sending, jobId))).awaitJob({ runId: place.runId, jobId, records: sending.records })
  await transfer(step(STEPS.settle(sending, jobId))).settleChunk({ ...place, jobId, cancelled: true })
}

function begin(words: StepWords, chunk: StagedChunk, run: ChunkRun): StepWords {
  run.note(chunk, words.now)
  return words
}
