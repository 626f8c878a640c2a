import { OutcomeUnknownError, RequestRejectedError } from '../../salesforce/errors.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { CHUNKS_FOLDER, type ChunkAttempt, chunkFiles, jobOfNote } from '../layout.ts'
import { readJsonIfThere, readPlan, requireRun } from '../runRecords.ts'

export type IngestJobReference = { readonly jobId: string }

export type CommitChunkInput = ChunkAttempt & IngestJobReference

/** Sets the job to UploadComplete: the one point from which on Salesforce processes the chunk. */
export async function commitChunk(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: CommitChunkInput,
  step: Step,
): Promise<IngestJobReference> {
  const store = runStore(input.runId)
  const { spec } = await readPlan(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ jobId: input.jobId })
  await salesforce.readClock(step.signal)
  const jobId = await chooseJob(store, input, {
    jobId: input.jobId,
    orgTime: Date.now() + salesforce.clockOffset(),
  })
  await close(salesforce, jobId)
  await abortOthers(store, salesforce, input, jobId)
  return { jobId }
}

/** Records an opened job, so that it does not stay open in the org when this worker stops before it is committed. */
export async function noteOpened(store: RunStore, { chunk, attempt }: ChunkAttempt, jobId: string): Promise<void> {
  await store.writeOnce(`${chunkFiles(chunk, attempt).opened}/${jobId}`, '')
}

/** Stops the jobs that other attempts opened for this chunk. They can't be chosen any more, and are never processed. */
async function abortOthers(
  store: RunStore,
  salesforce: SalesforceConnection,
  input: CommitChunkInput,
  chosen: string,
): Promise<void> {
  const opened = await store.list(chunkFiles(input.chunk, input.attempt).opened)
  const others = new Set([input.jobId, ...opened.map(path => path.slice(path.lastIndexOf('/') + 1))])
  others.delete(chosen)
  for (const jobId of others) await abandonJob(salesforce, jobId)
}

const ABORT_ATTEMPTS = 3

/** Milliseconds for all of them. */
const ABORT_TIME = 20_000

/**
 * Stops a job that is never committed, so that it does not stay open in the org. An org that does not answer must not stop the run.
 * Returns whether the job is over.
 */
export async function abandonJob(salesforce: SalesforceConnection, jobId: string): Promise<boolean> {
  const inTime = AbortSignal.timeout(ABORT_TIME)
  for (let attempt = 1; attempt <= ABORT_ATTEMPTS; attempt += 1) {
    try {
      await salesforce.abortIngestJob(jobId, inTime)
      return true
    } catch (error) {
      if (error instanceof RequestRejectedError) return true
    }
  }
  return false
}

/** Stops the jobs that earlier attempts to stage the source have opened: before it is staged, none of them is chosen. */
export async function abandonOpened(store: RunStore, salesforce: () => SalesforceConnection): Promise<void> {
  const paths = await store.list(CHUNKS_FOLDER)
  const jobs = paths.map(jobOfNote).filter(jobId => jobId !== undefined)
  await Promise.all(jobs.map(jobId => abandonJob(salesforce(), jobId)))
}

/**
 * For a request about a job: undefined when the org no longer has the job, because someone deleted it or it is older than seven days. A page
 * of an edge is not such an answer. Throws any other error.
 */
export function unlessGone(error: unknown): undefined {
  const isGone =
    error instanceof RequestRejectedError && error.statusCode === 404 && !error.errorCode.startsWith('HTTP_')
  if (!isGone) throw error
}

/** Reads the job's state when the answer does not show whether the job was closed. */
async function close(salesforce: SalesforceConnection, jobId: string): Promise<void> {
  try {
    await salesforce.closeIngestJob(jobId)
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError || error instanceof RequestRejectedError)) throw error
    // A job that no longer exists was closed before it was deleted: settleChunk searches for its records.
    const job = await salesforce.ingestJob(jobId).catch(unlessGone)
    if (job?.state === 'Open') throw error
  }
}

/** When the job was committed, epoch milliseconds by the org's clock. undefined before, and in runs that release 0.1.0 began. */
export async function commitTime(store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<number | undefined> {
  return (await readJsonIfThere<ChosenJob>(store, chunkFiles(chunk, attempt).job))?.orgTime
}

/** Id of the ingest job that holds this chunk, once it has been chosen; undefined before. */
export async function committedJob(store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<string | undefined> {
  return (await readJsonIfThere<ChosenJob>(store, chunkFiles(chunk, attempt).job))?.jobId
}

type ChosenJob = IngestJobReference & { readonly orgTime?: number }

/**
 * Chooses the job of this chunk. Retries, or two workflows under one run id, may have opened several jobs; exactly one is chosen.
 * @returns the id of the chosen job
 */
async function chooseJob(store: RunStore, place: ChunkAttempt, chosen: ChosenJob): Promise<string> {
  const file = chunkFiles(place.chunk, place.attempt).job
  const isFirst = await store.writeOnce(file, `${JSON.stringify(chosen)}\n`)
  await requireRun(store)
  if (isFirst) return chosen.jobId
  const winner = await committedJob(store, place)
  if (winner === undefined) throw new Error(`${store.location}/${file} vanished while it was read`)
  return winner
}
