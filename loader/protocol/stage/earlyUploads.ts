// Uploads of finished chunks while later rows are still read. A job that is not closed writes nothing in Salesforce, and commitChunk closes
// one only after stageSource has checked the last row.
import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import { BULK_ABOVE_RECORDS } from '../../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { isSearched, type SyncPlan } from '../../plan/syncPlan.ts'
import { reservedUsage } from '../../salesforce/apiUsage.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { abandonJob, abandonOpened } from '../bulk/commitChunk.ts'
import { uploadToNewJob } from '../bulk/uploadChunk.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk, UploadedJob } from '../staged.ts'

/** Finished chunks from which on uploads begin: a load of fewer may go through collections, and opens no job in vain. */
const FIRST_UPLOAD = 3

/** Uploads at a time. The reading of the source needs the processor too. */
const CONCURRENT_UPLOADS = 2

/** Chunks uploaded early, times the chunks in progress at a time: the others would wait for long in the org, which deletes a job that stays open. */
const ROUNDS = 4

/** Milliseconds for which staging waits after the last row for uploads in progress. */
const LAST_UPLOADS = 60_000

/** Uploads one chunk to a job of its own. `onOpened` is called before its first byte is sent. */
type Upload = (chunk: StagedChunk, signal: AbortSignal, onOpened: (jobId: string) => void) => Promise<UploadedJob>

/**
 * Whether chunks of a run may be uploaded before the last row is checked. Not those whose records are searched for first, those that wait for
 * chunks of another operation, and those of a source that may turn out to be the last one again.
 */
function mayUploadEarly({ upload, engine, source }: SyncSpec, plan: SyncPlan): boolean {
  if (upload === 'after-checks' || engine === 'collections' || plan.operations.length > 1) return false
  if ('uri' in source && source.unchanged !== 'load') return false
  return !plan.operations.some(operation => isSearched(plan, operation))
}

type DiscardedJobs = { readonly opened: number; readonly aborted: number }

/** The early uploads of one attempt to stage a source. None of its errors stops the staging: what is not uploaded is uploaded later. */
export class EarlyUploads {
  readonly #upload: Upload
  readonly #abort: (jobId: string) => Promise<boolean>
  readonly #isBulk: boolean
  readonly #most: number
  readonly #limit = pLimit(CONCURRENT_UPLOADS)
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #finished: StagedChunk[] = []
  readonly #opened = new Set<string>()
  readonly #uploaded = new Map<number, UploadedJob>()
  readonly #running = new Set<Promise<void>>()
  #begun = 0
  #isClosed = false

  /** @param abort returns whether the job is over, and never rejects @param signal of the step */
  constructor(
    { engine, concurrency }: Pick<SyncSpec, 'engine' | 'concurrency'>,
    upload: Upload,
    abort: (jobId: string) => Promise<boolean>,
    signal: AbortSignal,
  ) {
    this.#isBulk = engine === 'bulk'
    this.#most = concurrency * ROUNDS
    this.#upload = upload
    this.#abort = abort
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
  }

  /** Takes a chunk whose files are written. */
  add(chunk: StagedChunk): void {
    // A later wave waits for the ones before it.
    if (chunk.wave !== undefined) return
    this.#finished.push(chunk)
    const isBulk = this.#isBulk || chunk.firstRow + chunk.records - 1 > BULK_ABOVE_RECORDS
    if (this.#finished.length < FIRST_UPLOAD || !isBulk) return
    for (const next of this.#finished.slice(this.#begun, this.#most)) {
      this.#begun += 1
      const running = this.#limit(() => this.#send(next))
      this.#running.add(running)
      void running.finally(() => this.#running.delete(running))
    }
  }

  /** After the last row: begins no further upload. The chunks that are left are uploaded beside those that are committed. */
  close(): void {
    this.#isClosed = true
  }

  /** After the checks: waits for the uploads in progress, and returns the jobs by chunk. */
  async finish(): Promise<ReadonlyMap<number, UploadedJob>> {
    const timer = setTimeout(() => this.#stop.abort(new Error('The upload continues after the checks')), LAST_UPLOADS)
    await Promise.all(this.#running)
    clearTimeout(timer)
    return this.#uploaded
  }

  /** Stops the uploads and aborts their jobs. */
  async discard(): Promise<DiscardedJobs> {
    this.close()
    this.#stop.abort(new Error('The source was not staged'))
    await Promise.all(this.#running)
    const aborted = await Promise.all([...this.#opened].map(this.#abort))
    return { opened: aborted.length, aborted: aborted.filter(Boolean).length }
  }

  /** An org that rejects one upload, is away, or has only the calls left that are reserved for others, gets no further early one. */
  async #send(chunk: StagedChunk): Promise<void> {
    if (this.#isClosed || this.#signal.aborted) return
    try {
      const uploaded = await this.#upload(chunk, this.#signal, jobId => void this.#opened.add(jobId))
      this.#uploaded.set(chunk.chunk, uploaded)
    } catch {
      this.close()
    }
  }
}

type StagingRun = { readonly runId: string; readonly run: PlannedRun; readonly signal: AbortSignal }

/** undefined when the run uploads nothing early. Stops the jobs of earlier attempts to stage the source. */
export async function openEarlyUploads(
  salesforce: () => SalesforceConnection,
  store: RunStore,
  { runId, run: { spec, plan, isPlan }, signal }: StagingRun,
): Promise<EarlyUploads | undefined> {
  if (isPlan || !mayUploadEarly(spec, plan)) return undefined
  await abandonOpened(store, salesforce)
  const upload: Upload = async ({ chunk, operation }, uploadSignal, onOpened) => {
    if ((await reservedUsage(salesforce(), uploadSignal)) !== undefined) throw new Error('The calls left are reserved')
    const hash = createHash('sha256')
    const place = { runId, chunk, operation, attempt: 1 }
    const watch = { signal: uploadSignal, onOpened, onBytes: (bytes: Uint8Array) => void hash.update(bytes) }
    const jobId = await uploadToNewJob(salesforce(), store, spec, place, watch)
    return { jobId, sha256: hash.digest('hex') }
  }
  return new EarlyUploads(spec, upload, jobId => abandonJob(salesforce(), jobId), signal)
}

/** Adds to the message of an error how many jobs were open. */
export function withAbortedJobs(error: unknown, jobs: DiscardedJobs | undefined): unknown {
  if (jobs === undefined || jobs.opened === 0 || !(error instanceof LinkError)) return error
  const { opened, aborted } = jobs
  const left = opened === aborted ? 'they were aborted' : `${aborted} were aborted, the others end by themselves`
  error.message = `${error.message}. Chunks were uploaded to ${opened} ingest jobs while the source was read; Salesforce processed nothing of them, and ${left}`
  return error
}
