import { CollectedBytes, copyBytes } from '../../csv/collectedBytes.ts'
import { ID_BYTES, type KeyMatches } from '../../matching/keyMatches.ts'
import type { RunFileWriter } from '../../storage/runStore.ts'

/** A file to which a few bytes are added at a time. */
export class CopiedFile {
  readonly #writer: RunFileWriter
  readonly #collected = new CollectedBytes()
  #written = 0

  constructor(writer: RunFileWriter) {
    this.#writer = writer
  }

  add(bytes: Buffer, start: number, end: number): void {
    const collected = this.#collected
    collected.length = copyBytes(bytes, start, end, collected.reserve(end - start), collected.length)
  }

  addId(matches: KeyMatches, row: number): void {
    const collected = this.#collected
    collected.length = matches.copyId(row, collected.reserve(ID_BYTES), collected.length)
  }

  addText(text: string): void {
    this.#collected.add(text)
  }

  /** What was added since the last flush; valid until something is added. */
  get collected(): Buffer {
    return this.#collected.bytes.subarray(0, this.#collected.length)
  }

  /** Bytes of the file so far. */
  get bytes(): number {
    return this.#written + this.#collected.length
  }

  /** Writes what was added, and waits while the file is slower. */
  async flush(): Promise<void> {
    this.#written += this.#collected.length
    await this.#writer.write(this.#collected.take())
  }

  async finish(): Promise<void> {
    await this.flush()
    await this.#writer.finish()
  }

  discard(): Promise<void> {
    return this.#writer.discard()
  }
}
