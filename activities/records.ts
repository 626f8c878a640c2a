// Activities on the path of the records: staging, sending, settling and aggregating.

import pLimit, { type LimitFunction } from 'p-limit'
import { type AggregatePlanInput, aggregatePlan } from '../loader/protocol/aggregate/aggregatePlan.ts'
import { type AggregateResultsInput, aggregateResults } from '../loader/protocol/aggregate/aggregateResults.ts'
import { type AwaitJobInput, awaitJob, type EndedJob } from '../loader/protocol/bulk/awaitJob.ts'
import { type CommitChunkInput, commitChunk, type IngestJobReference } from '../loader/protocol/bulk/commitChunk.ts'
import { type SettleChunkInput, settleChunk } from '../loader/protocol/bulk/settleChunk.ts'
import { abortJob } from '../loader/protocol/bulk/stoppedJob.ts'
import { type UploadChunkInput, type UploadedChunk, uploadChunk } from '../loader/protocol/bulk/uploadChunk.ts'
import { sendChunk } from '../loader/protocol/collections/sendChunk.ts'
import type { ChunkAttempt } from '../loader/protocol/layout.ts'
import { type MatchRecordsInput, matchRecords } from '../loader/protocol/match/matchRecords.ts'
import { type FoundParents, findParents } from '../loader/protocol/parents/findParents.ts'
import { type ScanSourceInput, type SourceScan, scanSource } from '../loader/protocol/scan/scanSource.ts'
import type { OperationAttempt } from '../loader/protocol/settleAttempt.ts'
import { type StageSourceInput, stageSource } from '../loader/protocol/stage/stageSource.ts'
import type { FilledWave, MatchedRecords, SettledAttempt, StagedSource } from '../loader/protocol/staged.ts'
import { type FillParentsInput, fillParents } from '../loader/protocol/waves/fillParents.ts'
import { withoutValues } from '../loader/results/errorCounts.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import type { RunReport } from '../packages/client/contract/runReport.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { runStep } from './runStep.ts'

/** Chunks matched at a time: matching holds all records of a chunk in memory, and one chunk uses a whole processor. */
const CONCURRENT_MATCHES = 1

/** Chunks of a connection whose records are searched for at a time. Apart from the matches: a search waits for its org, which may answer slowly. */
const CONCURRENT_SEARCHES = 1

type PlanAnswer = {
  /** Whether the answer has the first changes with their values. */
  readonly inlineResults: boolean
}

export function recordActivities(dependencies: ActivityDependencies) {
  const matches = pLimit(CONCURRENT_MATCHES)
  const searches = new Map<string, LimitFunction>()
  const searchInTurn = <T>(connection: string, search: () => Promise<T>): Promise<T> => {
    const limit = searches.get(connection) ?? pLimit(CONCURRENT_SEARCHES)
    searches.set(connection, limit)
    return limit(search)
  }
  return {
    /**
     * Reads the whole source before it is staged, for what must be known of all its records, and keeps a copy that stageSource reads.
     * Retry: safe because nothing is sent before the source is staged. Of several attempts the last that began decides; its copy is written once
     * for each execution of the run.
     */
    scanSource: (input: ScanSourceInput): Promise<SourceScan> => runStep(step => scanSource(dependencies, input, step)),

    /**
     * Finds the parents of the records by the values that scanSource has collected, and keeps their Ids in the run store.
     * Retry: safe because it only reads from the org, and each search is decided once: the first answer that is complete in the run store. A page
     * that was stored is not read again.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
     */
    findParents: (input: { readonly runId: string }): Promise<FoundParents> =>
      runStep(step => findParents(dependencies, input, step)),

    /**
     * Reads the whole source once, validates and maps every record, writes the chunks to send, and uploads the first of them meanwhile.
     * Retry: safe because only commitChunk lets Salesforce process anything; what an interrupted attempt wrote is written again, its jobs are aborted,
     * and a completely staged source stays staged, whatever happens to the source.
     */
    stageSource: (input: StageSourceInput): Promise<StagedSource> =>
      runStep(step => stageSource(dependencies, input, step)),

    /**
     * Finds the records that an update by a key field changes, and writes its chunks as they will be sent, with their Ids.
     * Retry: safe because it only reads from the org, and what the org contains is decided once: the first answer that is complete in
     * the run store. Every attempt writes the chunks from it, so that a chunk stays as it is, whatever the org contains later. A page
     * that was stored is not read again.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
     */
    matchRecords: (input: MatchRecordsInput): Promise<MatchedRecords> =>
      runStep(step => matchRecords(dependencies, input, step)),

    /**
     * Writes the chunks of a wave as they will be sent, with the Ids of the parents that the waves before have loaded.
     * Retry: safe because it sends nothing, and reads only results that are settled. The chunks of a wave are complete with its marker, which is
     * written once; from there on no attempt writes them again.
     */
    fillParents: (input: FillParentsInput): Promise<FilledWave> =>
      runStep(step => fillParents(dependencies, input, step)),

    /**
     * Opens an ingest job and uploads the chunk, unless stageSource has. Salesforce processes nothing before commitChunk.
     * Retry: safe because a job that is not set to UploadComplete is never processed. After any error the job is aborted and a retry
     * opens another. A chunk that an earlier execution of the run committed or settled is not uploaded again.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
     */
    uploadChunk: (input: UploadChunkInput): Promise<UploadedChunk> =>
      runStep(step => uploadChunk(dependencies, input, step)),

    /**
     * Sets the job to UploadComplete, the only point from which Salesforce processes the chunk.
     * Retry: safe because the job's id is stored in the run store first. So every later attempt, also of a workflow that was reset or
     * started again under the same run id, closes this same job, and closing a closed job changes nothing. After a lost answer the
     * state of the job shows whether it was closed.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
     */
    commitChunk: (input: CommitChunkInput): Promise<IngestJobReference> =>
      runStep(step => commitChunk(dependencies, input, step)),

    /**
     * Waits until Salesforce has processed the job. Between two polls it holds no worker slot and the history does not grow.
     * Retry: safe because it only reads.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm
     */
    awaitJob: (input: AwaitJobInput): Promise<EndedJob> => runStep(step => awaitJob(dependencies, input, step)),

    /**
     * Asks Salesforce to abort a job. What it has processed stays; an ended job stays as it is.
     * Retry: safe because aborting a job again changes nothing.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
     */
    abortJob: (input: ChunkAttempt & IngestJobReference): Promise<void> =>
      runStep(step => abortJob(dependencies, input, step)),

    /**
     * Reads the results of an ended job and gives every record that was sent its result. The records of a stopped job are settled
     * when Salesforce can no longer process them.
     * Retry: safe because it only reads from the org; results can be read for seven days, and what is written replaces itself.
     * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
     */
    settleChunk: (input: SettleChunkInput): Promise<SettledAttempt> =>
      runStep(step => settleChunk(dependencies, input, { ...step, inTurn: match => matches(match), searchInTurn })),

    /**
     * Sends a chunk as a series of collection requests and settles every record of it.
     * Retry: safe because each answer is stored in the run store before the next request is sent, so an answered request is never
     * sent again. A request whose answer was lost is repeated only where that changes nothing (update by Id, upsert by External ID);
     * for a create the org is searched for the records first.
     * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
     */
    sendChunk: (input: OperationAttempt): Promise<SettledAttempt> =>
      runStep(step => sendChunk(dependencies, input, step)),

    /**
     * Merges the verdicts of all records in source order into plan.csv, and writes the report of the plan.
     * Retry: safe because it only reads what staging and matching wrote, and its own files replace themselves.
     */
    aggregatePlan: async ({ inlineResults, ...input }: AggregatePlanInput & PlanAnswer): Promise<PlanReport> => {
      const report = await runStep(step => aggregatePlan(dependencies, input, step))
      // Temporal stores this answer. plan.report.json has the values.
      const { changes: _, ...counts } = report
      return inlineResults ? report : { ...counts, errors: withoutValues(report.errors) }
    },

    /**
     * Merges the results of all chunks in source order, exactly one line per source record, and writes the report.
     * Retry: safe because it only reads what the chunks wrote, and its own files replace themselves.
     */
    aggregateResults: async (input: AggregateResultsInput): Promise<RunReport> => {
      const report = await runStep(step => aggregateResults(dependencies, input, step))
      // Temporal stores this answer. report.json has the examples whole, and so has a report with the results of every record.
      return report.results === undefined ? { ...report, errors: withoutValues(report.errors) } : report
    },
  }
}
