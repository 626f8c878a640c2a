import type { CompletedPart } from '@aws-sdk/client-s3'
import type { HiddenFile } from './blockWriter.ts'
import { type Bucket, putObject } from './s3Objects.ts'

/** Bytes of a part, the minimum of S3; 10,000 parts make 52 GB, the largest file of a run. */
const PART_BYTES = 5 * 1024 * 1024

/** Parts kept for the next uploads: a run writes about so many files at a time. */
const KEPT_PARTS = 8

/** The memory of parts, used again: until the next garbage collection each part that is left would take its memory. */
export class PartMemory {
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES)
  }

  /** @param part that no request reads any more */
  give(part: Buffer): void {
    if (this.#free.length < KEPT_PARTS) this.#free.push(part)
  }
}

/**
 * Uploads one object: one request when it is small, else a multipart upload. S3 shows the object when it is complete.
 * A part is sent before the next is gathered, in the same buffer: a dozen large files are written concurrently, and
 * @aws-sdk/lib-storage keeps several buffers for each.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export class S3Upload implements HiddenFile {
  readonly #at: Bucket
  readonly #key: string
  readonly #memory: PartMemory
  #part: Buffer | undefined
  #used = 0
  #uploadId: Promise<string | undefined> | undefined
  readonly #parts: CompletedPart[] = []

  constructor(at: Bucket, key: string, memory: PartMemory) {
    this.#at = at
    this.#key = key
    this.#memory = memory
  }

  async put(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      this.#part ??= this.#memory.take()
      const piece = bytes.subarray(from, from + PART_BYTES - this.#used)
      this.#part.set(piece, this.#used)
      this.#used += piece.length
      from += piece.length
      if (this.#used === PART_BYTES) await this.#send()
    }
  }

  /** Nothing to do: the last part is sent when it is published. */
  async seal(): Promise<void> {}

  /** Resolves when S3 has stored the whole object. */
  async publish(): Promise<void> {
    const { client, bucket } = this.#at
    if (this.#uploadId === undefined) {
      await putObject(this.#at, this.#key, this.#part?.subarray(0, this.#used) ?? new Uint8Array())
    } else {
      if (this.#used > 0) await this.#send()
      const UploadId = await this.#uploadId
      const MultipartUpload = { Parts: this.#parts }
      await client.completeMultipartUpload({ Bucket: bucket, Key: this.#key, UploadId, MultipartUpload })
    }
    // Not after an error: the request that failed may still read it.
    if (this.#part !== undefined) this.#memory.give(this.#part)
    this.#part = undefined
  }

  async remove(): Promise<void> {
    const { client, bucket } = this.#at
    const UploadId = await this.#uploadId?.catch(() => undefined)
    if (UploadId === undefined) return
    // Remaining parts are invisible; they are removed with the run or by a lifecycle rule of the bucket.
    await client.abortMultipartUpload({ Bucket: bucket, Key: this.#key, UploadId }).catch(() => undefined)
  }

  async #send(): Promise<void> {
    const { client, bucket } = this.#at
    this.#uploadId ??= this.#begin()
    const UploadId = await this.#uploadId
    const PartNumber = this.#parts.length + 1
    const place = { Bucket: bucket, Key: this.#key, UploadId, PartNumber }
    const Body = this.#part?.subarray(0, this.#used) ?? new Uint8Array()
    const { ETag, ChecksumCRC32 } = await client.uploadPart({ ...place, Body })
    this.#parts.push({ PartNumber, ETag, ChecksumCRC32 })
    this.#used = 0
  }

  async #begin(): Promise<string | undefined> {
    const { client, bucket } = this.#at
    const supported = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED'
    // When the parts have checksums, the whole object needs one.
    const checked = supported ? ({ ChecksumAlgorithm: 'CRC32' } as const) : {}
    return (await client.createMultipartUpload({ Bucket: bucket, Key: this.#key, ...checked })).UploadId
  }
}
