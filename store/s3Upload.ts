import { PassThrough } from 'node:stream'
import { Upload } from '@aws-sdk/lib-storage'
import type { Bucket } from '../places/findObject.ts'
import type { HiddenFile } from './blockWriter.ts'

/** The least that S3 takes for a part; 10,000 of them make 52 GB, the largest file of a run. */
const PART_BYTES = 5 * 1024 * 1024
/** Parts of one file on their way at a time: with those being gathered, memory of some 20 MiB for each open file. */
const PARTS_AT_A_TIME = 2
/** Bytes that wait to become a part. */
const WAITING_BYTES = 1024 * 1024

/** An object to be: one request when it is small, a multipart upload when not. S3 shows it when all of it is there. */
export class S3Upload implements HiddenFile {
  readonly #bucket: Bucket
  readonly #key: string
  #body: PassThrough | undefined
  #done: Promise<unknown> | undefined

  constructor(bucket: Bucket, key: string) {
    this.#bucket = bucket
    this.#key = key
  }

  async put(bytes: Uint8Array): Promise<void> {
    const { body, done } = this.#begun()
    // A failed upload has closed what it reads from, and says why.
    if (body.destroyed) await done
    // The copy: the caller uses the memory again.
    if (body.write(Buffer.from(bytes))) return
    await drained(body)
    if (body.destroyed) await done
  }

  async seal(): Promise<void> {
    this.#begun().body.end()
  }

  /** Resolves when S3 has all of it for good. */
  async publish(): Promise<void> {
    await this.#begun().done
  }

  async remove(): Promise<void> {
    this.#body?.destroy(new Error('The file was discarded'))
    await this.#done?.catch(() => undefined)
  }

  #begun(): { readonly body: PassThrough; readonly done: Promise<unknown> } {
    if (this.#body !== undefined && this.#done !== undefined) return { body: this.#body, done: this.#done }
    const body = new PassThrough({ highWaterMark: WAITING_BYTES })
    // Its errors come with the upload's.
    body.on('error', () => undefined)
    const { client, bucket } = this.#bucket
    const params = { Bucket: bucket, Key: this.#key, Body: body }
    const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME })
    const done = upload.done()
    done.catch(() => undefined)
    this.#body = body
    this.#done = done
    return { body, done }
  }
}

/** Also resolves when it is closed, and so takes no more. */
function drained(body: PassThrough): Promise<void> {
  return new Promise(resolve => {
    const go = () => {
      body.off('drain', go).off('close', go)
      resolve()
    }
    body.on('drain', go).on('close', go)
  })
}
