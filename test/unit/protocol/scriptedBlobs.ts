import { createHash } from 'node:crypto'
import { OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import type { BlobRecord } from '../../../loader/salesforce/salesforceConnection.ts'

/** Takes the files of a scripted org. */
export class ScriptedBlobs {
  /** Uploads that are cut after their first part, the next ones. */
  cuts = 0
  /** Runs before the content of a file is read. */
  onRead: () => void | Promise<void> = () => undefined

  /** What the org shows of a file. */
  async read({ content, bytes }: BlobRecord): Promise<Readonly<Record<string, string>>> {
    await this.onRead()
    const isCut = this.cuts > 0
    if (isCut) this.cuts -= 1
    const hash = createHash('md5')
    let read = 0
    for await (const part of content()) {
      if (isCut) {
        throw new OutcomeUnknownError({
          action: 'createBlob',
          method: 'POST',
          path: '/',
          reason: 'the connection was cut',
        })
      }
      hash.update(part)
      read += part.byteLength
    }
    if (read !== bytes) throw new RangeError(`stated ${bytes} bytes, given ${read}`)
    return { ContentSize: String(read), BodyLength: String(read), Checksum: hash.digest('hex') }
  }
}
