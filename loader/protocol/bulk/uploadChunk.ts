import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { RequestRejectedError } from '../../salesforce/errors.ts'
import type { IngestJob, SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readPlan } from '../runRecords.ts'
import { type OperationAttempt, settledForGood } from '../settleAttempt.ts'
import type { SettledAttempt, UploadedJob } from '../staged.ts'
import { abandonJob, committedJob, type IngestJobReference, noteOpened, unlessGone } from './commitChunk.ts'

/** Thrown when a worker that had lost its step has written a chunk again, from a source that had changed. */
class ChunkChangedError extends LinkError {
  override readonly name = 'ChunkChangedError' as const
  readonly kind = 'fatal' as const

  /** @param file of the chunk, for the message */
  constructor(file: string) {
    super(
      `${file} is not the chunk that was staged: two workers have read the source, and it changed in between. Nothing of this chunk was sent. ` +
        'Let the source stay as it is while it is read, and start a new run for the records that results.csv does not have as true',
    )
  }
}

/** The job of the chunk, or the counts of a chunk that an earlier execution of the run has settled. */
export type UploadedChunk = IngestJobReference | { readonly settled: SettledAttempt }

export type UploadChunkInput = OperationAttempt & {
  /** The job to which stageSource has uploaded the chunk. */
  readonly uploaded?: UploadedJob
}

/** Opens an ingest job and uploads the chunk, unless it was uploaded before. Nothing is processed before commitChunk. */
export async function uploadChunk(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  input: UploadChunkInput,
  step: Step,
): Promise<UploadedChunk> {
  const store = runStore(input.runId)
  // Checked first: the org deletes a job after seven days.
  const settled = await settledForGood(store, input)
  if (settled !== undefined) return { settled }
  const committed = await committedJob(store, input)
  if (committed !== undefined) return { jobId: committed }
  const { spec } = await readPlan(store)
  const salesforce = connection(spec.connection)
  step.heartbeat({ uploading: input.chunk })
  const before = await usableJob(salesforce, store, input, step.signal)
  return { jobId: before ?? (await uploadToNewJob(salesforce, store, spec, input, step)) }
}

/** The parts of an upload that differ between steps. */
export type UploadWatch = {
  readonly signal: AbortSignal
  /** Called before the first byte is sent. */
  readonly onOpened?: (jobId: string) => void
  /** Receives the bytes as they are sent. */
  readonly onBytes?: (bytes: Uint8Array) => void
}

/** Returns the id of the job. After an error the job is aborted. */
export async function uploadToNewJob(
  salesforce: SalesforceConnection,
  store: RunStore,
  spec: SyncSpec,
  place: OperationAttempt,
  watch: UploadWatch,
): Promise<string> {
  const job = await openJob(salesforce, spec, place)
  watch.onOpened?.(job.id)
  try {
    await noteOpened(store, place, job.id)
    await putChunk(salesforce, store, job.id, place, watch)
  } catch (error) {
    // Its records are settled as those of a job that is stopped later.
    if (error instanceof RequestRejectedError && (await wasStopped(salesforce, job.id))) return job.id
    await abandonJob(salesforce, job.id)
    throw error
  }
  return job.id
}

/**
 * The id of the job that has the chunk already; undefined when it was stopped or deleted before it processed a record.
 * Throws ChunkChangedError when its bytes are not those of the chunk, which the results are matched with.
 */
async function usableJob(
  salesforce: SalesforceConnection,
  store: RunStore,
  { uploaded, chunk, attempt }: UploadChunkInput,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (uploaded === undefined) return undefined
  const job = await salesforce.ingestJob(uploaded.jobId, signal).catch(unlessGone)
  // Checked first: a job that was stopped during its upload has only a part of the bytes.
  if (job === undefined || (job.state === 'Aborted' && job.numberRecordsProcessed === 0)) return undefined
  const { csv } = chunkFiles(chunk, attempt)
  if ((await sha256Of(store, csv)) !== uploaded.sha256) throw new ChunkChangedError(`${store.location}/${csv}`)
  return uploaded.jobId
}

async function sha256Of(store: RunStore, path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of store.blocks(path)) hash.update(bytes)
  return hash.digest('hex')
}

/** Whether someone has stopped or deleted the job in Salesforce before its data was there. */
async function wasStopped(salesforce: SalesforceConnection, jobId: string): Promise<boolean> {
  const job = await salesforce.ingestJob(jobId).catch(unlessGone)
  return job === undefined || job.state === 'Aborted'
}

function openJob(
  salesforce: SalesforceConnection,
  { object, assignmentRule, externalIdField, hardDelete }: SyncSpec,
  { operation }: OperationAttempt,
): Promise<IngestJob> {
  const key = operation === 'upsert' && externalIdField !== undefined ? { externalIdField } : {}
  if (operation !== 'delete') return salesforce.openIngestJob({ object, operation, assignmentRule, ...key })
  return salesforce.openIngestJob({ object, operation: hardDelete ? 'hardDelete' : 'delete' })
}

async function putChunk(
  salesforce: SalesforceConnection,
  store: RunStore,
  jobId: string,
  place: ChunkAttempt,
  { signal, onBytes }: UploadWatch,
) {
  const { csv } = chunkFiles(place.chunk, place.attempt)
  const bytes = (await store.size(csv)) ?? 0
  const file = await store.read(csv)
  const body = onBytes === undefined ? file : Readable.from(observed(file, onBytes), { objectMode: false })
  await salesforce.uploadIngestData(jobId, body, bytes, signal)
}

async function* observed(blocks: AsyncIterable<Uint8Array>, onBytes: (bytes: Uint8Array) => void) {
  for await (const block of blocks) {
    onBytes(block)
    yield block
  }
}
