import { createHash } from 'node:crypto'
import type { StagedContent } from '../../sources/contentCell.ts'
import { changedFile } from '../../sources/contentFiles.ts'

type Expected = {
  readonly staged: StagedContent
  /** MD5 in hex. */
  readonly checksum: string
  /** Called before the bytes end; when it throws, they do not end. */
  readonly beforeEnd: () => void
}

/** MD5 in hex, by which Salesforce identifies the content of a version. */
export async function md5Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5')
  for await (const part of bytes) hash.update(part)
  return hash.digest('hex')
}

/** The bytes of one file while it is sent. They end only if they are those of the checksum. */
export class FileUpload {
  readonly #bytes: () => AsyncIterable<Uint8Array>
  readonly #expected: Expected
  /** Whether all of them were given: the org may have applied the request. */
  isWhole = false

  constructor(bytes: () => AsyncIterable<Uint8Array>, expected: Expected) {
    this.#bytes = bytes
    this.#expected = expected
  }

  async *content(): AsyncGenerator<Uint8Array, void> {
    yield* this.#verified()
    this.#expected.beforeEnd()
    this.isWhole = true
  }

  async *#verified(): AsyncGenerator<Uint8Array, void> {
    const { staged, checksum } = this.#expected
    const hash = createHash('md5')
    let sent = 0
    for await (const part of this.#bytes()) {
      sent += part.byteLength
      if (sent > staged.bytes) break
      hash.update(part)
      yield part
    }
    if ('uri' in staged && (sent !== staged.bytes || hash.digest('hex') !== checksum)) throw changedFile(staged, sent)
  }
}
