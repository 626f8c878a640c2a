// Every file of a run, with the step that writes it. A file appears whole or not at all.
//
// "once" means written by writeOnce and never changed: of two workers the first one decides. "replaced" means that a repeated step
// writes it again, with the same content or a later one. The order is the order of a run.
//
// | file | written by | when | how |
// | --- | --- | --- | --- |
// | calls.json | admitCalls (loader/calls) | before a run of received calls starts | once |
// | spec.json | prepareRun (loader/runs) | first | once; replaced only while nothing can have been sent |
// | begun.json | prepareRun | after spec.json: who began the run, and whether it is a plan | once; replaced by its workflow until staged.json |
// | executions/<id>.started.json | prepareRun | after spec.json | once |
// | plan.json | planSync (loader/runs) | when the org has accepted the spec | replaced until chunks are staged by it |
// | arrival.json | awaitSource (loader/runs) | while a late source is still being written | replaced |
// | source | stageSource (stage/); scanSource (scan/), if all records must be seen before the first is staged | while the source is read | replaced until staged.json, by scanSource until source.json |
// | scans/<id>/keys/PLACE.NNNNN.csv | scanSource | while the source is read: different values by which parents are found; each attempt has a folder of its own | once |
// | source.json | scanSource | last: from here on this execution of the run reads the copy | once; a later execution removes it, until staged.json |
// | scans/<id>/PLACE/... | findParents (parents/) | as match/OPERATION/..., for the parents that search PLACE finds | as match/OPERATION/... |
// | rejected.results.csv | stageSource | while the source is read | replaced until staged.json |
// | chunks/NNNNN.csv, .rows.csv | stageSource; matchRecords (match/) for records that are searched for | before staged.json; before matched.json | replaced until then |
// | chunks/NNNNN.keyed.csv, .keyed.rows.csv | stageSource, records that are searched for only: updates and deletes by key fields, and all but creates in a run that compares | before staged.json | replaced until staged.json |
// | unstaged.keys.csv | stageSource, a run that finds missing records only | while the source is read: keys of the rows that go into no chunk | replaced until staged.json |
// | keys/<id> | stageSource | while a source with more than 500,000 keys is read: their hashes (matching/repeatedKeys.ts) | once; removed before staged.json |
// | staged.json | stageSource | last: from here on the source is not read again | once; a run that finds it skips staging |
// | match/OPERATION/S.json | matchRecords, for the records of OPERATION and of others that find theirs in the same way | before search S reads the org: by which query job, or by lists | once |
// | match/OPERATION/S/NNNNN.<id>.csv | matchRecords | when page NNNNN of search S is read: Ids and keys of records, and values in a run that compares | once |
// | match/OPERATION/S/NNNNN.json | matchRecords | after the page; of two workers that read it the first one decides | once |
// | match/OPERATION/found.json | matchRecords | after the last page: from here on the org is not searched again | once |
// | match/sorted/<id>.csv | matchRecords of a run that compares | while the records found are put into the order of the source | once; removed after matched.json |
// | plan/... | matchRecords of planRecords | as match/..., for the search of a plan: a load searches again before it sends | as match/... |
// | planned.json | matchRecords of planRecords | last: the verdicts are not written again | replaced, with the same content; a step that finds it returns it |
// | chunks/NNNNN.unsent.results.csv | matchRecords | before matched.json | replaced, with the same content |
// | chunks/NNNNN.plan.csv | matchRecords of a run that compares, or of the plan before it | before matched.json or planned.json: the verdict of each record (results/planLines.ts) | replaced, with the same content |
// | missing.csv | matchRecords, missing: report only | before matched.json or planned.json: records of the scope that the source does not have | replaced, with the same content |
// | before/NNNNN.csv | matchRecords, undo: true only | before matched.json: what the org held of the records of chunk NNNNN that will be overwritten | replaced, with the same content |
// | matched.json | matchRecords | last: no chunk is written again | replaced, with the same content; a step that finds it returns it |
// | notices/deletions.json, deletions.CHANNEL.json | notifyDeletions | when more deletions are planned than `plannedDeletions`: the notification; after it was sent through the channel | once; replaced, with the same content |
// | chunks/NNNNN.unfilled.csv, .unfilled.rows.csv | stageSource, records below others of the source only, whose Ids are filled in; matchRecords if those that the org has are not sent | before staged.json, or matched.json | replaced until then |
// | waves/NNN.json | fillParents (waves/), after the chunks of wave NNN: .csv and .rows.csv as they will be sent, .unfilled.results.csv | when the waves before are settled: from here on no chunk of the wave is written again | once |
// | chunks/NNNNN.journal/<request>.intent.json | CollectionSender (collections/), FileSender (files/) | immediately before a request is sent, and again while a file is | once for a create, then replaced by its sender alone; else replaced, and removed when the org applied nothing |
// | chunks/NNNNN.journal/<request>.answer.json | CollectionSender | after the answer, or when it is decided what a create without one has written | once |
// | chunks/NNNNN.opened/<job> | stageSource, uploadChunk (bulk/) | after a job is opened; commitChunk stops all but the chosen one | once |
// | chunks/NNNNN.job.json | commitChunk (bulk/) | before the job is set to UploadComplete | once |
// | chunks/NNNNN.stopped.json | abortJob, settleChunk (bulk/) | when the job is stopped or first seen to be | once |
// | chunks/NNNNN.successful, .failed, .unprocessed | settleChunk | when the job has ended | replaced |
// | chunks/NNNNN.reading.json | settleChunk | when the results are not complete | replaced |
// | chunks/NNNNN.provisional.results.csv | settleChunk of a cancelled run | while Salesforce may still process a stopped job | replaced |
// | chunks/NNNNN.results.csv | settleAttempt | before .settled.json | replaced |
// | chunks/NNNNN.attemptM.csv, .rows.csv | settleAttempt, for attempt M | before .settled.json of attempt M - 1 | replaced |
// | chunks/NNNNN.settled.json | settleAttempt | last: from here on the attempt is not repeated | replaced; a step that finds it returns it, unless its results were not complete |
// | results.csv, rejected.csv, in_doubt.csv | aggregateResults (aggregate/); reportSkipped; rejected.csv: stageSource, if maxRejected is exceeded | when the run ends | replaced; removed when a run that ended early continues |
// | index/values.bin, results.bin, plan.bin, index.json | aggregateResults of a completed run with many records (history/recordIndex.ts) | before report.json, index.json last | replaced |
// | report.json | aggregateResults; reportSkipped | last | replaced |
// | plan.csv | aggregatePlan of planRecords | when all verdicts are known | replaced, with the same content |
// | plan.report.json | aggregatePlan; reportSkippedPlan | last of planRecords: from here on the plan may be applied | replaced |
// | executions/<id>.ended.json | recordEnd (loader/runs) | when the run ends without a report | replaced |
// | undone.json | prepareRun of the run that undoes this one | before that run is planned | once |
// | retried.json | prepareRun of the run that loads its failed records again | before that run is planned | once |
//
// A record is not sent twice because of three of these files: the journal (a collection request), job.json (an ingest job) and
// settled.json (an attempt).

export const SPEC_FILE = 'spec.json'
/** The workflow that began the run. */
export const BEGUN_FILE = 'begun.json'
export const PLAN_FILE = 'plan.json'
/** What the polls of a late source have found. */
export const ARRIVAL_FILE = 'arrival.json'
/** The source byte for byte; rejected.csv takes its rows from here. */
export const SOURCE_FILE = 'source'
/** The first reading of a source that is read before it is staged. */
export const SCANNED_FILE = 'source.json'
/** The files of a first reading. @param id of the attempt */
export const scanFolder = (id: string): ScanFolder => `scans/${id}`
export type ScanFolder = `scans/${string}`
/** Different keys by which the parents of a search are found. @param number 1-based */
export const lookupKeysFile = (folder: ScanFolder, place: string, number: number): string =>
  `${folder}/keys/${place}.${String(number).padStart(5, '0')}.csv`
export const STAGED_FILE = 'staged.json'
/** The attempt to stage the source that began last; replaced by each. */
export const STAGING_FILE = 'staging.json'
/** Hashes of the keys of a source, beyond those in memory. @param id of the reading */
export const listedKeysFile = (id: string): string => `keys/${id}`
/** Results of the records that were rejected while they were staged. */
export const REJECTED_RESULTS_FILE = 'rejected.results.csv'
/** The keys of rows that go into no chunk, in a run that finds missing records. */
export const UNSTAGED_KEYS_FILE = 'unstaged.keys.csv'
/** Records of the org that the source does not have, where they are only reported. */
export const MISSING_FILE = 'missing.csv'
/** What the search for the records of the run has found. */
export const MATCHED_FILE = 'matched.json'
/** The same for a plan, which writes no chunk. */
export const PLANNED_FILE = 'planned.json'
/** What a run that is planned would do to each record, and its summary. */
export const PLAN_CSV_FILE = 'plan.csv'
export const PLAN_REPORT_FILE = 'plan.report.json'
export const RESULTS_FILE = 'results.csv'
export const REJECTED_FILE = 'rejected.csv'
export const IN_DOUBT_FILE = 'in_doubt.csv'
export const REPORT_FILE = 'report.json'
/** The notification that the run plans many deletions, and what shows that a channel has accepted it. */
export const DELETION_NOTICE = {
  notification: 'notices/deletions.json',
  sent: (channel: string): string => `notices/deletions.${channel}.json`,
} as const
/** The calls whose records make up the run; for a run of `receiveRecords` only. */
export const CALLS_FILE = 'calls.json'
/** The run that continues from this one. Two retries would create records twice; after an undo, a run is not resumed. */
export const EARLIER_FILES = { retry: 'retried.json', undo: 'undone.json' } as const
/** Folder with the start and end of each workflow that executed the run; a resumed run has several. */
export const EXECUTIONS_FOLDER = 'executions'

/** @param execution id of the workflow's first execution in Temporal, which continuing as new and a reset keep */
export function executionFiles(execution: string): { readonly started: string; readonly ended: string } {
  const base = `${EXECUTIONS_FOLDER}/${execution}`
  return { started: `${base}.started.json`, ended: `${base}.ended.json` }
}

/** Finds the results of a record by a value; for runs with many records only. */
export const INDEX_FILES = {
  /** Hashes of values, and the rows that have them. */
  values: 'index/values.bin',
  /** Where the result of each row is. */
  results: 'index/results.bin',
  /** Where the verdict of each row is, in a run that compares. */
  plan: 'index/plan.bin',
  /** Written last. */
  note: 'index/index.json',
} as const

export const CHUNKS_FOLDER = 'chunks'
/** The end of the name of each file that settles an attempt of a chunk. */
export const SETTLED_SUFFIX = '.settled.json'

/** The id of the job whose opening a file records; undefined for any other file. */
export const jobOfNote = (path: string): string | undefined => /\.opened\/([^/]+)$/.exec(path)?.[1]

/** A chunk of a run in one attempt. */
export type ChunkAttempt = {
  readonly runId: string
  /** 1-based. */
  readonly chunk: number
  /** 1-based; later attempts repeat records rejected for a transient reason. */
  readonly attempt: number
}

/** The files of one chunk in one attempt. @param chunk 1-based @param attempt 1-based */
export function chunkFiles(chunk: number, attempt: number) {
  const number = String(chunk).padStart(5, '0')
  const base = attempt === 1 ? `${CHUNKS_FOLDER}/${number}` : `${CHUNKS_FOLDER}/${number}.attempt${attempt}`
  return {
    /** Exactly the bytes uploaded. */
    csv: `${base}.csv`,
    /** `row,<identity fields>` of the same records in the same order. */
    rows: `${base}.rows.csv`,
    /** One line per settled record. */
    results: `${base}.results.csv`,
    /** Results of the records that are not sent: their key finds no record of the org, or several, or the org holds them already. */
    unsent: `${base}.unsent.results.csv`,
    /** One line for each record that was compared, in the order of rows. */
    plan: `${base}.plan.csv`,
    /** `row,Id,<fields>` of the records that will be overwritten, as the org held them. */
    before: `before/${number}.csv`,
    /** The ingest job of this chunk, written before it is set to UploadComplete. */
    job: `${base}.job.json`,
    /** Folder with one file for each ingest job that was opened for this chunk. */
    opened: `${base}.opened`,
    /** What the latest incomplete reading of the job's results showed, and how often. */
    reading: `${base}.reading.json`,
    /** When and by whom the job was stopped. */
    stopped: `${base}.stopped.json`,
    /** Results of the records of a stopped job while Salesforce may still process it. */
    provisional: `${base}.provisional.results.csv`,
    /** Written last: the chunk's counts in this attempt. */
    settled: `${base}${SETTLED_SUFFIX}`,
    /** The results of an ingest job as Salesforce sent them: CSV, mostly compressed with gzip. */
    answers: {
      successful: `${base}.successful`,
      failed: `${base}.failed`,
      unprocessed: `${base}.unprocessed`,
    },
    /** Folder of the intents and answers of collection requests. */
    journal: `${base}.journal`,
  }
}

/**
 * Suffixes of the files of a collection request in the journal; a half of a request is `<request>.a` or `<request>.b`. Release 0.1.0 wrote
 * decisions into files of their own.
 */
export const JOURNAL = { intent: '.intent.json', answer: '.answer.json', decision: '.decided.json' } as const

/** A chunk whose records are searched for as it was staged: the key precedes the cells of each record. matchRecords removes it. */
export type KeyedChunkFiles = { readonly csv: string; readonly rows: string }

export function keyedChunkFiles(chunk: number): KeyedChunkFiles {
  const base = `${CHUNKS_FOLDER}/${String(chunk).padStart(5, '0')}.keyed`
  return { csv: `${base}.csv`, rows: `${base}.rows.csv` }
}

/**
 * The records of a chunk that wait for the Ids of their parents, as they were staged: the cells of those are blank. `unsent`: the results of
 * those whose parents were not loaded.
 */
export function unfilledChunkFiles(chunk: number): KeyedChunkFiles & { readonly unsent: string } {
  const base = `${CHUNKS_FOLDER}/${String(chunk).padStart(5, '0')}.unfilled`
  return { csv: `${base}.csv`, rows: `${base}.rows.csv`, unsent: `${base}.results.csv` }
}

/** Written when the chunks of a wave have the Ids of their parents. @param wave from 1 on */
export const filledFile = (wave: number): string => `waves/${String(wave).padStart(3, '0')}.json`

/** The wave of each row and its parents, of a first reading. @param folder of it */
export const wavesFile = (folder: string): string => `${folder}/waves.bin`

/** Where a search is: of a load, of the plan before it, or of a first reading. */
export type SearchFolder = 'match' | 'plan' | ScanFolder

/** Where records are put into the order of the source. */
export const sortedFolder = (folder: SearchFolder): string => `${folder}/sorted`

export type SearchPageFiles = {
  /** Written after the records. */
  readonly note: string
  /** @param id of this attempt to read the page */
  readonly records: (id: string) => string
}

/** The file that names the pages of the search that decides. @param place the first operation whose records are searched for */
export const foundFile = (folder: SearchFolder, place: string): string => `${folder}/${place}/found.json`

/** The files of one search for records. @param search 1-based; another follows when a query job has ended without results */
export function searchFiles(folder: SearchFolder, place: string, search: number) {
  const base = `${folder}/${place}/${search}`
  return {
    plan: `${base}.json`,
    /** @param number 1-based */
    page: (number: number): SearchPageFiles => {
      const page = `${base}/${String(number).padStart(5, '0')}`
      return { note: `${page}.json`, records: id => `${page}.${id}.csv` }
    },
  }
}
