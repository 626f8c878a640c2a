import type { Encoding } from '../../packages/client/contract/syncSpec.ts'
import type { CsvBatch } from '../csv/csvBatches.ts'
import type { S3Access } from '../storage/s3Client.ts'

/** A source being read once, from its beginning to its end. */
export type SourceReader = {
  /** What a person knows the source by, for messages: `data/contacts.csv`. */
  readonly description: string
  /** Column names: trimmed, none blank, none twice. */
  readonly header: readonly string[]
  /** To be gone through once. Reading goes no faster than it is consumed. Throws a SourceError when the source is broken further on. */
  readonly batches: AsyncIterable<CsvBatch>
  /** Absent for records given inline. */
  readonly delimiter?: string
  /** Absent for records given inline. Final once all batches are read: until the first letter beyond ASCII it is a guess. */
  readonly encoding?: Encoding
  /** Lets go of the file when the batches are not read to their end. */
  close(): Promise<void>
}

/** Bytes of a source that can be read. */
export type SourceBytes = {
  readonly description: string
  /** Size; undefined when it is not known before reading. */
  readonly bytes: number | undefined
  stream(): AsyncIterable<Uint8Array>
}

/** What is known of a source without reading it. */
export type SourceState = {
  /** Size; undefined when its server does not say. */
  readonly bytes: number | undefined
  /** Epoch milliseconds of its last change; undefined when its server does not say. */
  readonly changedAt: number | undefined
  /**
   * The same text for the same content, by what its place says of it: ETag, or time and size. Undefined when its server
   * reports neither; then a change is found only by reading it.
   */
  readonly version: string | undefined
}

/** Where sources may lie: services start loads with URIs of their choosing. */
export type SourcePlaces = {
  /** Absolute; the directory of the configuration file. */
  readonly baseDirectory: string
  /** Directories, relative to the base directory or absolute; `s3://bucket/prefix`; `https://host/path/`. */
  readonly dataDirectories: readonly string[]
  /** @default a client made from the AWS environment when it is first needed */
  readonly s3?: S3Access
}
