import type { Readable } from 'node:stream'

/**
 * The directory of one run: bytes in, bytes out. Paths are relative, with `/`.
 * It stores the proof of what was sent, so writes are durable before they resolve.
 */
export type RunStore = {
  /** Location of the files for messages: a path or a URI. */
  readonly location: string
  /** Writes everything or nothing: the file appears when everything is written. Replaces an earlier file. Returns its size in bytes. */
  write(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<number>
  /** Opens a file for writing piece by piece; it appears when finished. */
  writer(path: string): RunFileWriter
  /** Writes atomically, and only if the file does not exist; false when it exists. */
  writeOnce(path: string, content: string): Promise<boolean>
  /** undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>
  /** Throws RunFileMissingError when there is no such file. */
  read(path: string): Promise<Readable>
  /**
   * The bytes of a file in blocks. A block is valid until the next one is requested: its memory may be used again. Throws
   * RunFileMissingError at the first block when there is no such file.
   * @param bytes of a block that suit the reader; a bucket gives those that arrive
   */
  blocks(path: string, bytes?: number): AsyncIterable<Uint8Array>
  /** Some bytes of a file, fewer at its end. undefined when there is no such file. @param from position of the first one */
  part(path: string, from: number, bytes: number): Promise<Buffer | undefined>
  /** Bytes; undefined when there is no such file. */
  size(path: string): Promise<number | undefined>
  /** Paths below a folder, sorted. */
  list(folder: string): Promise<readonly string[]>
  remove(path: string): Promise<void>
}

export type RunFileWriter = {
  readonly bytes: number
  /** Resolves when more may be written, and the memory of the bytes may be used again. */
  write(text: string | Uint8Array): Promise<void>
  /** Makes the file durable and visible. */
  finish(): Promise<void>
  /** Leaves no trace. */
  discard(): Promise<void>
}

/** All runs of a run store: what lists and removes them works on any kind of store. */
export type RunStores = {
  /** Location of the runs for messages: a path or a URI. */
  readonly location: string
  /** The run store of one run. Nothing is created before the first write. Throws RunIdError when the id can't name a directory. */
  open(runId: string): RunStore
  /**
   * Ids of all runs that have files, in the order of their bytes, read page by page while iterating.
   * Throws RunStoreError when the store can't be read.
   */
  runIds(): AsyncIterable<string>
  /**
   * Removes all files of a run, including unfinished ones. Not atomic: when it fails, call it again.
   * No-op when the run does not exist. Throws RunIdError or RunStoreError.
   */
  removeRun(runId: string): Promise<void>
}
