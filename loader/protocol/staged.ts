import type { Engine, Operation } from '../../packages/client/contract/operations.ts'
import type { ErrorCount, SkippedRun, SourceReading, Tally } from '../../packages/client/contract/runReport.ts'
import type { ChangedField, VerdictCounts } from '../../packages/client/contract/verdicts.ts'
import { mergeRejections } from '../results/errorCounts.ts'
import { addTallies, EMPTY_TALLY } from '../results/tally.ts'

/** One chunk as the workflow knows it. Its number gives its files in the run store (layout.ts). */
export type StagedChunk = {
  /** 1-based. */
  readonly chunk: number
  readonly operation: Operation
  /** Number of its first record in the source, 1-based. */
  readonly firstRow: number
  readonly records: number
  /** Chunks of one lane have records of the same parents: they are sent one after another, and after the chunks without a lane. */
  readonly lane?: number
  /** Its records wait for the chunks of the wave before, which have their parents; absent for the first wave. */
  readonly wave?: number
  /** Whether fillParents writes it as it will be sent, with the Ids of the parents. */
  readonly isUnfilled?: true
  /** The job to which it was uploaded while later rows were read. */
  readonly uploaded?: UploadedJob
}

/** An ingest job that is open and has the data of a chunk. */
export type UploadedJob = {
  readonly jobId: string
  /** SHA-256 of the bytes that were uploaded, in hex. */
  readonly sha256: string
}

export type StagedSource = {
  /** Records in the source, the rejected ones included. */
  readonly records: number
  readonly rejected: number
  /** Why, without values of records; the most frequent reasons first. */
  readonly rejections: readonly ErrorCount[]
  readonly engine: Engine
  readonly chunks: readonly StagedChunk[]
  /** Records that are not sent and not rejected: an earlier run has created them, or may have, or the org holds them already. */
  readonly known?: Tally
  /** How the parents of its records were found in the org, if values of the source find them. */
  readonly parents?: readonly ParentSearch[]
  /** How its records were found in the org, once they were. */
  readonly searches?: readonly SearchMade[]
  /** The fields that differ from the org, once they were compared. */
  readonly changedFields?: readonly ChangedField[]
  /** Present when nothing of it is to be sent. */
  readonly skipped?: SkippedRun
  /** How the file was read; absent for inline records. */
  readonly reading?: SourceReading
  /** What a person must know before anything is sent. */
  readonly warnings?: readonly string[]
}

/** A chunk after one attempt. */
export type SettledAttempt = {
  /** Counts of the records settled in this attempt. */
  readonly tally: Tally
  /** Why records failed, without their values; the most frequent reasons first. */
  readonly rejections: readonly ErrorCount[]
  /** Records to be sent again in the next attempt. */
  readonly resend: number
  /** Whether a job rejected some of these for a governor limit, which smaller requests may keep, or for a duplicate rule, which requests may pass. */
  readonly needsRequests?: boolean
  /** Whether the results of the job were not complete, in the file only. */
  readonly isDoubtful?: boolean
}

/** A source whose records were searched for in the org by their keys. */
export type MatchedRecords = {
  /** Records that cannot be sent: no record of the org has their key, or several have it. */
  readonly rejected: number
  readonly rejections: readonly ErrorCount[]
  /** The chunks that were searched for, with the records left to be sent. */
  readonly chunks: readonly StagedChunk[]
  /** One for each field by which records are found. */
  readonly searches: readonly SearchMade[]
  /** Present when the records were compared with what the org holds. */
  readonly compared?: ComparedRecords
  /** Present when records of the org were searched for that the source does not have. */
  readonly missing?: MissingRecords
}

/** The chunks of a wave whose records have the Ids of their parents. */
export type FilledWave = {
  /** With the records left to be sent. */
  readonly chunks: readonly StagedChunk[]
  /** Records that are not sent: their parents were not loaded. */
  readonly rejected: number
  readonly rejections: readonly ErrorCount[]
}

/** Records of the org in the scope that the source does not have. */
export type MissingRecords = {
  readonly found: number
  readonly inScope: number
  /** Those that are changed, in rows after those of the source; none where they are only reported. */
  readonly chunks: readonly StagedChunk[]
}

/** The staged source followed by the missing records that the run changes. */
export function withMissing<Staged extends StagedSource>(staged: Staged, matched: MatchedRecords | undefined): Staged {
  const { found = 0, chunks = [] } = matched?.missing ?? {}
  if (chunks.length === 0) return staged
  return { ...staged, records: staged.records + found, chunks: [...staged.chunks, ...chunks] }
}

/** How the records with one key field were found: by `IN` lists or by one query job, whichever costs fewer calls. */
export type SearchMade = { readonly field: string; readonly by: 'lists' | 'job'; readonly keys: number }

/** How parents were found in an object: by so many different values. */
export type ParentSearch = SearchMade & { readonly object: string }

/** What a comparison has found, of all records that were staged. */
export type ComparedRecords = {
  readonly verdicts: VerdictCounts
  /** Fields of records with the verdict `update` that differ, the most frequent first. */
  readonly changedFields: readonly ChangedField[]
  /** Records that are not sent because the org already holds them as they would be written. */
  readonly unsent: number
}

/** The staged source without the records that are not sent: because of their keys, or because the org holds them already. */
export function withoutUnmatched(source: StagedSource, matched: MatchedRecords): StagedSource {
  const staged = withMissing(source, matched)
  const left = new Map(matched.chunks.map(chunk => [chunk.chunk, chunk]))
  return {
    ...staged,
    rejected: staged.rejected + matched.rejected,
    rejections: mergeRejections(staged.rejections, matched.rejections),
    chunks: staged.chunks.map(chunk => left.get(chunk.chunk) ?? chunk),
    searches: matched.searches,
    ...(matched.compared === undefined
      ? {}
      : { known: withUnsent(staged, matched.compared), changedFields: matched.compared.changedFields }),
  }
}

const withUnsent = ({ known = EMPTY_TALLY }: StagedSource, { unsent }: ComparedRecords): Tally =>
  addTallies(known, { ...EMPTY_TALLY, unchanged: unsent })
