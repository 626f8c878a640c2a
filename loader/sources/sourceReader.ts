import type { Encoding } from '../../packages/client/contract/syncSpec.ts'

/** Records in a row, as they stand in the source. A record may have fewer or more values than the header has names. */
export type SourceBatch = {
  /** 1-based number of the first record; the header does not count. */
  readonly firstRow: number
  /** Values by position. They may share memory with the text around them: copy what is kept for the whole run. */
  readonly rows: readonly (readonly string[])[]
}

/** A source being read once, from its beginning to its end. */
export type SourceReader = {
  /** What a person knows the source by, for messages: `data/contacts.csv`. */
  readonly description: string
  /** Column names: trimmed, none blank, none twice. */
  readonly header: readonly string[]
  /** To be gone through once. Reading goes no faster than it is consumed. Throws a SourceError when the source is broken further on. */
  readonly batches: AsyncIterable<SourceBatch>
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
