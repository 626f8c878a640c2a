import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { addTallies, EMPTY_TALLY, type Tally } from '../sync/tally.ts'
import type { RunSettings } from './contract.ts'
import { HEARTBEAT_TIMEOUT } from './heartbeatTimeout.ts'
import type { OneAtATime } from './oneAtATime.ts'
import { count } from './progressDetails.ts'
import type { FoundIds, SettledRound, StagedChunk, StagedSource } from './staged.ts'

// Once records are on their way the load waits for the org as long as it takes; an operator may cancel it.
const UNTIL_IT_WORKS = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' } as const

/** @param summary what Temporal's UI says beside each step */
function stepsOf(summary: string) {
  // A step that is at work when the run is cancelled ends first: results written before could say of a record that it was not
  // sent, and then it is. SDK 1.24 documents this as the default and does not do it.
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
  return {
    transfers: proxyActivities<Activities>({
      startToCloseTimeout: '3 hours',
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      retry: UNTIL_IT_WORKS,
      cancellationType,
      summary,
    }),
    control: proxyActivities<Activities>({
      startToCloseTimeout: '30 minutes',
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      retry: UNTIL_IT_WORKS,
      cancellationType,
      summary,
    }),
  }
}

type Steps = ReturnType<typeof stepsOf>

/** One chunk in one round. */
type Place = {
  readonly runId: string
  readonly chunk: number
  readonly operation: StagedChunk['operation']
  readonly round: number
}

export type ChunkRun = {
  readonly runId: string
  readonly settings: RunSettings
  readonly engine: StagedSource['engine']
  /** Chunks of the whole run. */
  readonly chunks: number
  /** Records refused because others held locks are sent again by one chunk at a time. */
  readonly resending: OneAtATime
}

/** Sends one chunk and settles every record of it. */
export async function loadChunk(chunk: StagedChunk, run: ChunkRun): Promise<Tally> {
  const keys = await findIds(chunk, run)
  let { tally } = keys
  if (keys.found === 0) return tally
  for (let round = 1; ; round += 1) {
    const settled = await inTurn(round, run, () => sendRound(chunk, round, run))
    tally = addTallies(tally, settled.tally)
    if (settled.resend === 0) return tally
    await sleep(run.settings.resendPause * 2 ** (round - 1))
  }
}

/** On update by a key field each record has to be found first; a chunk may end here when none is there. */
async function findIds(chunk: StagedChunk, run: ChunkRun): Promise<FoundIds> {
  if (chunk.operation !== 'update' || !run.settings.findsIds) return { tally: EMPTY_TALLY, found: chunk.records }
  const { transfers } = stepsOf(summaryOf(chunk, 1, run))
  return transfers.findIds({ runId: run.runId, chunk: chunk.chunk })
}

function inTurn<T>(round: number, { resending }: ChunkRun, step: () => Promise<T>): Promise<T> {
  return round === 1 ? step() : resending.run(step)
}

function sendRound(chunk: StagedChunk, round: number, run: ChunkRun): Promise<SettledRound> {
  const steps = stepsOf(summaryOf(chunk, round, run))
  const place = { runId: run.runId, chunk: chunk.chunk, operation: chunk.operation, round }
  return run.engine === 'bulk' ? throughIngestJob(place, steps) : steps.transfers.sendChunk(place)
}

/** Upload, commit, wait, settle. Only the commit makes Salesforce process anything. */
async function throughIngestJob(place: Place, steps: Steps): Promise<SettledRound> {
  const { transfers, control } = steps
  const uploaded = await transfers.uploadChunk(place)
  if ('settled' in uploaded) return uploaded.settled
  try {
    const { jobId } = await control.commitChunk({ ...place, ...uploaded })
    await control.awaitJob({ runId: place.runId, jobId })
    return await transfers.settleChunk({ ...place, jobId, cancelled: false })
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => stopAndSettle(place, uploaded.jobId, steps))
    throw error
  }
}

/** A cancelled run still accounts for what Salesforce had done by then. */
async function stopAndSettle(place: Place, jobId: string, { transfers, control }: Steps): Promise<void> {
  await control.abortJob({ ...place, jobId })
  await control.awaitJob({ runId: place.runId, jobId })
  await transfers.settleChunk({ ...place, jobId, cancelled: true })
}

function summaryOf({ chunk, operation, records, firstRow }: StagedChunk, round: number, { chunks }: ChunkRun): string {
  const again = round === 1 ? '' : `, round ${round}`
  return `chunk ${count(chunk)} of ${count(chunks)}: ${operation} ${count(records)} records from row ${count(firstRow)}${again}`
}
