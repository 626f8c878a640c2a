import type { RunFileWriter } from './runStore.ts'

/** Bytes collected before they are written to the disk or the network: writers are called line by line. */
const BLOCK_BYTES = 320 * 1024
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3

const READY = Promise.resolve()

/** A file that is invisible until it is published. */
export type HiddenFile = {
  /** Appends all of the bytes; the caller may reuse their memory when it resolves. */
  put(bytes: Uint8Array): Promise<void>
  /** No more bytes follow. */
  seal(): Promise<void>
  remove(): Promise<void>
}

export type WriterPlace = {
  readonly hidden: HiddenFile
  /** Called once, before the first byte: creates the directory. */
  readonly prepare: () => Promise<void>
  /** Gives the complete file its name. */
  readonly publish: () => Promise<void>
  /** Translates an error of the file system or the network. */
  readonly explain: (error: unknown) => Error
}

/** Gathers small pieces into blocks and writes those in order. */
export class BlockWriter implements RunFileWriter {
  readonly #place: WriterPlace
  #block: Buffer | undefined
  #spare: Buffer | undefined
  #used = 0
  #bytes = 0
  #over = false
  /** All writes so far. A failure persists, so no later piece can hide a gap. */
  #work: Promise<void> | undefined

  constructor(place: WriterPlace) {
    this.#place = place
  }

  /** Bytes accepted so far, including those not yet written. */
  get bytes(): number {
    return this.#bytes
  }

  write(text: string | Uint8Array): Promise<void> {
    if (this.#over) throw new Error('The writer was finished or discarded before')
    const most = typeof text === 'string' ? text.length * MAX_BYTES_PER_UNIT : text.byteLength
    if (most > BLOCK_BYTES) return this.#writeLarge(text)
    if (most <= BLOCK_BYTES - this.#used) {
      this.#gather(text)
      return READY
    }
    const flushed = this.#flush()
    this.#gather(text)
    return flushed
  }

  async finish(): Promise<void> {
    this.#end()
    try {
      await this.#flush()
      await this.#place.hidden.seal()
      await this.#place.publish()
    } catch (error) {
      await this.#place.hidden.remove().catch(() => undefined)
      throw this.#place.explain(error)
    }
  }

  async discard(): Promise<void> {
    this.#over = true
    this.#block = undefined
    await this.#work?.catch(() => undefined)
    try {
      await this.#place.hidden.remove()
    } catch (error) {
      throw this.#place.explain(error)
    }
  }

  #end(): void {
    if (this.#over) throw new Error('The writer was finished or discarded before')
    this.#over = true
  }

  #gather(text: string | Uint8Array): void {
    this.#block ??= this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    if (this.#block === this.#spare) this.#spare = undefined
    const size = typeof text === 'string' ? this.#block.write(text, this.#used) : text.byteLength
    if (typeof text !== 'string') this.#block.set(text, this.#used)
    this.#used += size
    this.#bytes += size
  }

  #writeLarge(text: string | Uint8Array): Promise<void> {
    this.#flush()
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    this.#bytes += bytes.byteLength
    return this.#enqueue(() => this.#place.hidden.put(bytes))
  }

  #flush(): Promise<void> {
    const block = this.#block
    const used = this.#used
    this.#block = undefined
    this.#used = 0
    return this.#enqueue(async () => {
      if (block === undefined) return
      await this.#place.hidden.put(block.subarray(0, used))
      this.#spare = block
    })
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#work = (this.#work ?? this.#place.prepare()).then(step)
    const explained = this.#work.catch((error: unknown) => {
      throw this.#place.explain(error)
    })
    // A caller that does not await this piece gets the failure with a later one, or when finishing.
    explained.catch(() => undefined)
    return explained
  }
}

/** Writes everything or nothing. Returns the size in bytes. */
export async function writeWhole(
  writer: RunFileWriter,
  content: string | AsyncIterable<string | Uint8Array>,
): Promise<number> {
  try {
    if (typeof content === 'string') await writer.write(content)
    else for await (const piece of content) await writer.write(piece)
  } catch (error) {
    await writer.discard()
    throw error
  }
  await writer.finish()
  return writer.bytes
}
