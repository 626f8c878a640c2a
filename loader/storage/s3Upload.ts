import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { HiddenFile } from './blockWriter.ts'
import { type Bucket, putObject } from './s3Objects.ts'

/** The least that S3 takes for a part; 10,000 of them make 52 GB, the largest file of a run. */
const PART_BYTES = 5 * 1024 * 1024

/**
 * An object to be: one request when it is small, a multipart upload when not. S3 shows it when all of it is there.
 * A part is sent before the next is gathered, in the same buffer: a dozen large files are written at a time, and
 * @aws-sdk/lib-storage keeps several buffers for each.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export class S3Upload implements HiddenFile {
  readonly #at: Bucket
  readonly #key: string
  #part: Buffer | undefined
  #used = 0
  #uploadId: Promise<string | undefined> | undefined
  readonly #parts: CompletedPart[] = []

  constructor(at: Bucket, key: string) {
    this.#at = at
    this.#key = key
  }

  async put(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      this.#part ??= Buffer.allocUnsafeSlow(PART_BYTES)
      const piece = bytes.subarray(from, from + PART_BYTES - this.#used)
      this.#part.set(piece, this.#used)
      this.#used += piece.length
      from += piece.length
      if (this.#used === PART_BYTES) await this.#send()
    }
  }

  /** Nothing to do: the last part is sent when it is published. */
  async seal(): Promise<void> {}

  /** Resolves when S3 has all of it for good. */
  async publish(): Promise<void> {
    const { client, bucket } = this.#at
    if (this.#uploadId === undefined) {
      return putObject(this.#at, this.#key, this.#part?.subarray(0, this.#used) ?? new Uint8Array())
    }
    if (this.#used > 0) await this.#send()
    const UploadId = await this.#uploadId
    const MultipartUpload = { Parts: this.#parts }
    await client.send(new CompleteMultipartUploadCommand({ Bucket: bucket, Key: this.#key, UploadId, MultipartUpload }))
  }

  async remove(): Promise<void> {
    const { client, bucket } = this.#at
    const UploadId = await this.#uploadId?.catch(() => undefined)
    if (UploadId === undefined) return
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key: this.#key, UploadId })
    // What stays behind shows nowhere, and goes with the run or by a lifecycle rule of the bucket.
    await client.send(abort).catch(() => undefined)
  }

  async #send(): Promise<void> {
    const { client, bucket } = this.#at
    this.#uploadId ??= this.#begin()
    const UploadId = await this.#uploadId
    const PartNumber = this.#parts.length + 1
    const place = { Bucket: bucket, Key: this.#key, UploadId, PartNumber }
    const Body = this.#part?.subarray(0, this.#used) ?? new Uint8Array()
    const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...place, Body }))
    this.#parts.push({ PartNumber, ETag, ChecksumCRC32 })
    this.#used = 0
  }

  async #begin(): Promise<string | undefined> {
    const { client, bucket } = this.#at
    const supported = (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED'
    // As the parts are checked, the whole must be.
    const checked = supported ? ({ ChecksumAlgorithm: 'CRC32' } as const) : {}
    const request = new CreateMultipartUploadCommand({ Bucket: bucket, Key: this.#key, ...checked })
    return (await client.send(request)).UploadId
  }
}
