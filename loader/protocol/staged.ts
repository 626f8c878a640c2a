import type { Engine, Operation } from '../../packages/client/contract/operations.ts'
import type { ErrorCount, SkippedRun, SourceReading, Tally } from '../../packages/client/contract/runReport.ts'

/** One chunk as the workflow knows it. Its number gives its files in the run store (layout.ts). */
export type StagedChunk = {
  /** 1-based. */
  readonly chunk: number
  readonly operation: Operation
  /** Number of its first record in the source, 1-based. */
  readonly firstRow: number
  readonly records: number
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
  /** Whether the results of the job were not complete, in the file only. */
  readonly isDoubtful?: boolean
}

/** A chunk after findIds. */
export type FoundIds = {
  /** Counts of the records that cannot be sent: no record of the org has their key, or several have it. */
  readonly tally: Tally
  readonly rejections: readonly ErrorCount[]
  /** Records left to be sent. */
  readonly found: number
}
