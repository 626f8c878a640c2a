import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import type { CellBatch } from '../csv/cells.ts'
import type { S3Access } from '../storage/s3Client.ts'
import type { DatabaseSettings } from './postgres/databaseSettings.ts'

/** A source being read once, from its beginning to its end. */
export type SourceReader = {
  /** The name of the source in messages: `data/contacts.csv`. */
  readonly description: string
  /** Column names, trimmed. In a file they may be blank or occur twice: the mapping reports it when it needs such a column. */
  readonly header: readonly string[]
  /** Can be iterated once. Reads no faster than the consumer. Throws a SourceError when a later part of the source is broken. */
  readonly batches: AsyncIterable<CellBatch>
  /** How the file is read; absent for records given inline. Final once all batches are read. */
  readonly reading?: () => SourceReading
  /** Closes the file when the batches are not read to their end. */
  close(): Promise<void>
}

/** A source that is a table already, rendered as CSV. */
export type SourceTable = {
  /** `data/contacts.xlsx, sheet "Contacts"` */
  readonly description: string
  /** UTF-8 with commas and a line for the header. Can be iterated once; reads no faster than the consumer. */
  csv(): AsyncIterable<Uint8Array>
  /** How the source is read, with the number of empty rows that `csv` leaves out. Final once all bytes are read. */
  reading(): Omit<SourceReading, 'emptyRows'> & Partial<Pick<SourceReading, 'emptyRows'>>
  /** Ends reading and removes temporary files. */
  close(): Promise<void>
}

/** Bytes of a source that can be read. */
export type SourceBytes = {
  readonly description: string
  /** Size; undefined when it is not known before reading. */
  readonly bytes: number | undefined
  /** As in SourceState; absent where opening does not show it. */
  readonly version?: string
  stream(): AsyncIterable<Uint8Array>
  /** Absent for a source that is not a file of this machine. */
  readonly file?: UnchangedFile
}

/** A file that may be read in any order. */
export type UnchangedFile = {
  readonly path: string
  /** Throws SourceFileError when the file has changed since it was opened: half an export must not be loaded. */
  check(): Promise<void>
}

/** Facts of a source that are known without reading it. */
export type SourceState = {
  /** Size; undefined when its server does not say. */
  readonly bytes: number | undefined
  /** Epoch milliseconds of its last change; undefined when its server does not say. */
  readonly changedAt: number | undefined
  /**
   * Equal for equal content, from the metadata of its server: ETag, or time and size. Undefined when its server
   * reports neither; then only reading shows a change.
   */
  readonly version: string | undefined
  /** Whether its content is complete at any time, so that an unchanged `version` need not be awaited. @default false */
  readonly isComplete?: boolean
}

/** Where sources may be: services start loads with URIs of their choice. */
export type SourcePlaces = {
  /** Absolute; the directory of the configuration file. */
  readonly baseDirectory: string
  /** Directories, relative to the base directory or absolute; `s3://bucket/prefix`; `https://host/path/`. */
  readonly dataDirectories: readonly string[]
  /** Bytes of a source, unpacked. @default unlimited */
  readonly maxSourceBytes?: number
  /** @default a client made from the AWS environment when it is first needed */
  readonly s3?: S3Access
  /** Databases by name. @default none */
  readonly databases?: ReadonlyMap<string, DatabaseSettings>
}

export type SourceOpening = SourcePlaces & {
  /**
   * Receives the bytes of the source in order as they are read, to store a copy; reading waits for it. It has received all bytes
   * when all batches are read. A source that is not CSV text is passed as CSV: UTF-8, commas.
   */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>
  /** Ends every read. */
  readonly signal?: AbortSignal
  /** Written in numbers of a source that has types: the mark that the sync declares for numbers in text. @default '.' */
  readonly decimalSeparator?: '.' | ','
}
