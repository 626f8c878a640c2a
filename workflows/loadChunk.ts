import { CancellationScope, isCancellation, log, proxyActivities, sleep } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { RunSettings } from '../activities/runSettings.ts'
import type { IngestJobReference } from '../loader/protocol/bulk/commitChunk.ts'
import type { SettledAttempt, StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { addTallies, EMPTY_TALLY } from '../loader/results/tally.ts'
import type { Leased } from '../packages/client/contract/names.ts'
import { BULK_ABOVE_RECORDS } from '../packages/client/contract/operations.ts'
import type { ErrorCount, Tally } from '../packages/client/contract/runReport.ts'
import type { Mutex } from './concurrency.ts'
import { asCancellation, failureOf, readableFailure } from './failures.ts'
import { clock } from './page/markdown.ts'
import { type Sending, STEPS, type StepWords } from './page/summaries.ts'
import { JOB_CONTROL, LONGEST_OPEN, LONGEST_RESEND_PAUSE, TRANSFER } from './policies.ts'

const transfers = ({ summary }: StepWords) => proxyActivities<Activities>({ ...TRANSFER, summary })
const jobControl = ({ summary }: StepWords) => proxyActivities<Activities>({ ...JOB_CONTROL, summary })

/** One attempt of one chunk, as its activities take it. */
type ChunkAttempt = {
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
  /** Only one chunk at a time sends rejected records again, because most were rejected for locks held by others. */
  readonly resending: Mutex
  /** Resolves when the chunk may go on: at once, unless the run is paused. */
  readonly released: (chunk: StagedChunk) => Promise<void>
  /** Resolves when the budget of the org lets the attempt begin, and the run is not paused. */
  readonly lease: (sending: Sending, of: Leased) => Promise<void>
  /** Ends the lease of the attempt, if it has one. */
  readonly giveBack: (sending: Sending) => void
  /** Reports the current step of a chunk to Temporal's UI. */
  readonly note: (chunk: StagedChunk, words: string) => void
}

type LoadedChunk = { readonly tally: Tally; readonly rejections: readonly ErrorCount[] }

/** Sends one chunk and settles every record of it. A chunk without records ends at once: the org has none of those that it would update. */
export async function loadChunk(chunk: StagedChunk, run: ChunkRun): Promise<LoadedChunk> {
  let tally = EMPTY_TALLY
  let rejections: readonly ErrorCount[] = []
  if (chunk.records === 0) return { tally, rejections }
  let sending: Sending = { chunk, chunks: run.chunks, attempt: 1, records: chunk.records }
  for (;;) {
    const settled = await inTurn(sending, run)
    tally = addTallies(tally, settled.tally)
    rejections = mergeRejections(rejections, settled.rejections)
    if (settled.resend === 0) return { tally, rejections }
    const { resend: records, needsRequests = false } = settled
    sending = { ...sending, attempt: sending.attempt + 1, records, needsRequests }
    await pause(sending, run)
  }
}

/** The first attempt starts at once; later attempts wait until no other chunk sends again. */
function inTurn(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  if (sending.attempt === 1) return sendAttempt(sending, run)
  begin(STEPS.turn(sending), sending.chunk, run)
  return run.resending.run(() => sendAttempt(sending, run))
}

/** @param sending the attempt after the pause */
async function pause(sending: Sending, run: ChunkRun): Promise<void> {
  const length = Math.min(LONGEST_RESEND_PAUSE, run.settings.resendDelay * 2 ** (sending.attempt - 2))
  const { summary } = begin(STEPS.pause(sending, clock(Date.now() + length)), sending.chunk, run)
  await sleep(length, { summary })
}

async function sendAttempt(sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const { chunk, attempt } = sending
  await run.released(chunk)
  const given: ChunkAttempt = { runId: run.runId, chunk: chunk.chunk, operation: chunk.operation, attempt }
  if (run.engine === 'bulk' && !isLastResort(sending, run)) return throughIngestJob(given, sending, run)
  await run.lease(sending, 'requests')
  try {
    return await transfers(begin(STEPS.send(sending), chunk, run)).sendChunk(given)
  } finally {
    run.giveBack(sending)
  }
}

/**
 * Records still locked in the last attempt are sent by collection requests, one request after another: the records of a job wait for
 * the locks of its other batches too. So are records that a governor limit has rejected, since a job gives each trigger 200 records and collection
 * requests are halved, and those that only requests may save although a duplicate rule matches them. Collection requests would put records into the recycle bin that a hard delete does not.
 */
const isLastResort = ({ chunk, attempt, records, needsRequests = false }: Sending, { settings }: ChunkRun): boolean =>
  !(settings.hardDelete && chunk.operation === 'delete') &&
  attempt > 1 &&
  (needsRequests || attempt === settings.maxAttempts) &&
  records <= BULK_ABOVE_RECORDS

/** Upload, commit, wait, settle. Only the commit makes Salesforce process anything. */
async function throughIngestJob(given: ChunkAttempt, sending: Sending, run: ChunkRun): Promise<SettledAttempt> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  const { attempt, chunk } = sending
  const before = attempt === 1 && chunk.uploaded !== undefined ? { uploaded: chunk.uploaded } : {}
  const upload = () => transfers(step(STEPS.upload(sending))).uploadChunk({ ...given, ...before })
  let uploaded = await upload()
  if ('settled' in uploaded) return uploaded.settled
  let open: IngestJobReference = uploaded
  const { records } = sending
  try {
    const since = Date.now()
    await run.lease(sending, 'ingestJobs')
    if (Date.now() - since > LONGEST_OPEN) {
      uploaded = await upload()
      if ('settled' in uploaded) return uploaded.settled
      open = uploaded
    }
    const { jobId } = await jobControl(step(STEPS.commit(sending, open.jobId))).commitChunk({
      ...given,
      ...open,
    })
    await jobControl(step(STEPS.await(sending, jobId))).awaitJob({ runId: given.runId, jobId, records })
    run.giveBack(sending)
    return await transfers(step(STEPS.settle(sending, jobId))).settleChunk({ ...given, jobId, cancelled: false })
  } catch (failure) {
    const error = asCancellation(failure)
    const { jobId } = open
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => stopAndSettle(given, jobId, sending, run)).catch(left => {
        // Its records are in doubt, and the run is cancelled in any case.
        const reason = failureOf(readableFailure(left)).message
        log.warn('A job was left as it is in Salesforce', { run: run.runId, jobId, reason })
      })
    }
    throw error
  } finally {
    run.giveBack(sending)
  }
}

/** A cancelled run still settles the records that Salesforce has processed. */
async function stopAndSettle(given: ChunkAttempt, jobId: string, sending: Sending, run: ChunkRun): Promise<void> {
  const step = (words: StepWords) => begin(words, sending.chunk, run)
  await jobControl(step(STEPS.abort(sending, jobId))).abortJob({ ...given, jobId })
  await jobControl(step(STEPS.await(sending, jobId))).awaitJob({ runId: given.runId, jobId, records: sending.records })
  await transfers(step(STEPS.settle(sending, jobId))).settleChunk({ ...given, jobId, cancelled: true })
}

function begin(words: StepWords, chunk: StagedChunk, run: ChunkRun): StepWords {
  run.note(chunk, words.now)
  return words
}
