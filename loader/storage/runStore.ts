import type { Readable } from 'node:stream'

/**
 * The directory of one run: bytes in, bytes out. Paths are relative, with `/`.
 * It keeps the proof of what was sent, so writes are durable before they resolve.
 */
export type RunStore = {
  /** Where a person finds the files: a path or a URI. */
  readonly location: string
  /** Whole or not at all: the file appears only when everything is written. Replaces an earlier one. Returns its size in bytes. */
  write(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<number>
  /** A file to be written piece by piece; it appears when finished. */
  writer(path: string): RunFileWriter
  /** Writes only if nothing is there yet, atomically; false when something was. */
  writeOnce(path: string, content: string): Promise<boolean>
  /** undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>
  /** Throws RunFileMissingError when there is no such file. */
  read(path: string): Promise<Readable>
  /** Bytes; undefined when there is no such file. */
  size(path: string): Promise<number | undefined>
  /** Paths below a folder, sorted. */
  list(folder: string): Promise<readonly string[]>
  remove(path: string): Promise<void>
}

export type RunFileWriter = {
  readonly bytes: number
  /** Resolves when more may be written. */
  write(text: string | Uint8Array): Promise<void>
  /** Makes the file durable and visible. */
  finish(): Promise<void>
  /** Leaves no trace. */
  discard(): Promise<void>
}

/** All runs of a run store: what lists and removes them works on any kind of store. */
export type RunStores = {
  /** Where a person finds the runs: a path or a URI. */
  readonly location: string
  /** The run store of one run. Nothing is created before the first write. Throws RunIdError when the id can't name a directory. */
  open(runId: string): RunStore
  /**
   * Ids of all runs that were ever written to, in the order of their bytes, read page by page as they are gone through.
   * Throws RunStoreError when the store can't be read.
   */
  runIds(): AsyncIterable<string>
  /**
   * Removes all files of a run, what was left behind unfinished included. Not atomic: when it fails half-way, ask again.
   * No-op when the run does not exist. Throws RunIdError or RunStoreError.
   */
  removeRun(runId: string): Promise<void>
}
