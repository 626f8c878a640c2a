import type { Caller } from '../callers.ts'
import type { FaultBook } from '../faults/faultBook.ts'
import { seededRandom } from '../random.ts'
import type { Org } from '../records/org.ts'
import { recordId, toId18 } from '../records/recordId.ts'
import type { Statistics } from '../statistics.ts'
import type { WriteGuard } from '../writes/writerOptions.ts'
import { BatchPlaces, type BulkSpeed } from './batches.ts'
import type { IngestJob, IngestJobRequest } from './ingestJob.ts'
import { createTurns, processJob } from './processJob.ts'

/** The creator of a job, and the API version (`'67.0'`). */
type JobOrigin = { readonly apiVersion: string; readonly caller: Caller }

// Separates the random numbers of one seed's jobs from those of the next seed.
const SEED_STEP = 1_000_003

/** The parts of the org that ingest jobs use. */
type IngestJobContext = {
  readonly org: Org
  readonly clock: () => number
  readonly seed: number
  readonly faults: FaultBook
  readonly processingDelayMs: number
  /** Absent at full speed. */
  readonly bulkSpeed: BulkSpeed | undefined
  readonly statistics: Statistics
}

/** The ingest jobs of an org. */
export class IngestJobs {
  readonly #context: IngestJobContext
  readonly #jobs = new Map<string, IngestJob>()
  readonly #takeTurn = createTurns()
  readonly #places: BatchPlaces | undefined
  #created = 0

  constructor(context: IngestJobContext) {
    this.#context = context
    this.#places = context.bulkSpeed && new BatchPlaces(context.bulkSpeed)
  }

  create({ apiVersion, caller }: JobOrigin, request: IngestJobRequest): IngestJob {
    const now = this.#context.clock()
    const job: IngestJob = {
      id: recordId('750', this.#created),
      number: this.#created,
      request,
      apiVersion: Number(apiVersion),
      createdById: caller.id,
      createdAt: now,
      modifiedAt: now,
      state: 'Open',
      uploads: [],
      processed: 0,
      failed: 0,
      errorMessage: undefined,
      processingMs: 0,
      results: undefined,
    }
    this.#created += 1
    this.#jobs.set(job.id, job)
    return job
  }

  /** Rejects records whose parent a batch holds; absent in an org without such locks. */
  get lockGuard(): WriteGuard | undefined {
    return this.#places?.locks?.guard
  }

  find(id: string): IngestJob | undefined {
    return this.#jobs.get(toId18(id) ?? '')
  }

  all(): readonly IngestJob[] {
    return [...this.#jobs.values()]
  }

  delete(id: string): void {
    this.#jobs.delete(id)
  }

  /** Stops the running jobs. */
  abortAll(): void {
    for (const job of this.#jobs.values()) job.state = 'Aborted'
  }

  /** Sets a job UploadComplete and starts its processing, which continues in the background. */
  close(job: IngestJob, caller: Caller): void {
    const { org, clock, seed, faults, processingDelayMs, statistics } = this.#context
    const table = org.table(job.request.object)
    if (table === undefined) return
    job.state = 'UploadComplete'
    job.modifiedAt = clock()
    void processJob(job, {
      org,
      table,
      access: caller.access,
      userPlace: caller.place,
      clock,
      random: seededRandom(seed * SEED_STEP + job.number),
      faults: faults.applyTo({
        method: 'JOB',
        path: `/services/data/v${job.apiVersion.toFixed(1)}/jobs/ingest/${job.id}`,
        operation: job.request.operation,
        object: job.request.object,
      }),
      delayMs: processingDelayMs,
      places: this.#places,
      takeTurn: this.#takeTurn,
      onWritten: how => statistics.countWrite(table.schema.name, how),
    })
  }
}
