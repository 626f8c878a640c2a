import type { EmulatorState } from '../emulatorState.ts'
import type { Call, Caller } from '../http/call.ts'
import { seededRandom } from '../random.ts'
import { recordId, toId18 } from '../records/recordId.ts'
import type { IngestJob, IngestJobRequest } from './ingestJob.ts'
import { processJob } from './processJob.ts'
import { createTurns } from './turns.ts'

// Keeps the random numbers of one seed's jobs apart from those of the next seed's.
const SEED_STEP = 1_000_003

/** The ingest jobs of an org. */
export class IngestJobs {
  readonly #state: () => EmulatorState
  readonly #jobs = new Map<string, IngestJob>()
  readonly #takeTurn = createTurns()
  #created = 0

  constructor(state: () => EmulatorState) {
    this.#state = state
  }

  create({ apiVersion, caller }: Call, request: IngestJobRequest): IngestJob {
    const now = this.#state().clock()
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

  find(id: string): IngestJob | undefined {
    return this.#jobs.get(toId18(id) ?? '')
  }

  all(): readonly IngestJob[] {
    return [...this.#jobs.values()]
  }

  delete(id: string): void {
    this.#jobs.delete(id)
  }

  /** Sets a job UploadComplete and begins to process it; it goes on by itself from there. */
  close(job: IngestJob, caller: Caller): void {
    const { org, clock, seed, faults, processingDelayMs, statistics } = this.#state()
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
      faults: faults.befalling({
        method: 'JOB',
        path: `/services/data/v${job.apiVersion.toFixed(1)}/jobs/ingest/${job.id}`,
        operation: job.request.operation,
        object: job.request.object,
      }),
      delayMs: processingDelayMs,
      takeTurn: this.#takeTurn,
      onWritten: created => statistics.countWrite(table.schema.name, created),
    })
  }
}
