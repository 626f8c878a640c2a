// Where things lie in a run's directory. Readable with any tool; DESIGN of the run store in README.md.

export const SPEC_FILE = 'spec.json'
export const PLAN_FILE = 'plan.json'
/** What was seen of a source that may come late. */
export const ARRIVAL_FILE = 'arrival.json'
/** The source as it was read, byte for byte: rejected.csv is cut from it. */
export const SOURCE_FILE = 'source'
export const STAGED_FILE = 'staged.json'
/** Results of records that the preflight rejected. */
export const REJECTED_RESULTS_FILE = 'rejected.results.csv'
export const RESULTS_FILE = 'results.csv'
export const REJECTED_FILE = 'rejected.csv'
export const IN_DOUBT_FILE = 'in_doubt.csv'
export const REPORT_FILE = 'report.json'
/** The calls whose records make up the run; for a run of `receiveRecords` only. */
export const CALLS_FILE = 'calls.json'
/** Folder of what is known of each workflow that has worked on the run: a run gone on with has several. */
export const EXECUTIONS_FOLDER = 'executions'

/** @param execution id of the workflow's first execution in Temporal, which continuing as new and a reset keep */
export function executionFiles(execution: string): { readonly started: string; readonly ended: string } {
  const base = `${EXECUTIONS_FOLDER}/${execution}`
  return { started: `${base}.started.json`, ended: `${base}.ended.json` }
}

/** The files of one chunk in one attempt; attempt 1 is the first sending, later ones repeat what was rejected for a passing reason. */
export type ChunkFiles = {
  /** Exactly the bytes uploaded. */
  readonly csv: string
  /** `row,<identity fields>` of the same records in the same order. */
  readonly rows: string
  /** One line per settled record. */
  readonly results: string
  /** Records found to be unsendable when their keys were looked up. */
  readonly rejected: string
  /** The ingest job that holds this chunk: written before it is set to UploadComplete. */
  readonly job: string
  /** When and by whom the job was stopped. */
  readonly stopped: string
  /** What is known of the records of a stopped job while Salesforce may still be at work on it. */
  readonly provisional: string
  /** Written last: the chunk's counts in this attempt. */
  readonly settled: string
  /** What Salesforce answered for an ingest job, as it came. */
  readonly answers: { readonly successful: string; readonly failed: string; readonly unprocessed: string }
  /** Folder of the intents and answers of collection requests. */
  readonly journal: string
}

/**
 * @param chunk 1-based
 * @param attempt 1-based
 */
export function chunkFiles(chunk: number, attempt: number): ChunkFiles {
  const number = String(chunk).padStart(5, '0')
  const base = attempt === 1 ? `chunks/${number}` : `chunks/${number}.attempt${attempt}`
  return {
    csv: `${base}.csv`,
    rows: `${base}.rows.csv`,
    results: `${base}.results.csv`,
    rejected: `${base}.rejected.results.csv`,
    job: `${base}.job.json`,
    stopped: `${base}.stopped.json`,
    provisional: `${base}.provisional.results.csv`,
    settled: `${base}.settled.json`,
    answers: {
      successful: `${base}.successful.csv`,
      failed: `${base}.failed.csv`,
      unprocessed: `${base}.unprocessed.csv`,
    },
    journal: `${base}.journal`,
  }
}

/** The chunk as staged, before its keys were looked up: same columns but for the key field in place of `Id`. */
export type KeyedChunkFiles = { readonly csv: string; readonly rows: string; readonly done: string }

export function keyedChunkFiles(chunk: number): KeyedChunkFiles {
  const base = `chunks/${String(chunk).padStart(5, '0')}.keyed`
  return { csv: `${base}.csv`, rows: `${base}.rows.csv`, done: `${base}.found.json` }
}
