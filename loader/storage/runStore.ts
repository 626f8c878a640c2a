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
