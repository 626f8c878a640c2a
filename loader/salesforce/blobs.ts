import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { present } from '../../packages/client/contract/scalars.ts'
import { saveResultOf } from './collections.ts'
import type { Org } from './org.ts'
import { answerLost } from './rejections.ts'
import type { BlobRecord, CollectionOptions, SaveResult } from './salesforceConnection.ts'

/** Bytes of one part of the body that is being sent. */
const PART = 64 * 1024

/**
 * Creates one record with the content of a file, as one multipart request. It is never repeated here: the content was consumed.
 * Throws what `content` throws; the org applies nothing then, because the body has not the stated length.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
 */
export async function createBlob(
  org: Org,
  sObjectName: string,
  { fields, field, fileName, bytes, content }: BlobRecord,
  { beforeSend, signal }: CollectionOptions,
): Promise<SaveResult> {
  const boundary = `sflink-${randomBytes(16).toString('hex')}`
  const path = `${org.root}/sobjects/${encodeURIComponent(sObjectName)}`
  const facts = { action: `Create ${sObjectName}`, method: 'POST', path }
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="entity_content"\r\nContent-Type: application/json\r\n\r\n` +
      `${JSON.stringify(fields)}\r\n--${boundary}\r\n` +
      `Content-Disposition: form-data; name="${field}"; filename="${asciiName(fileName)}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  async function* body(): AsyncGenerator<Uint8Array, void> {
    yield head
    yield* content()
    yield tail
  }
  const stream = Readable.from(body(), { objectMode: false, highWaterMark: PART })
  try {
    const answer = await org.requests.json({
      ...facts,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: { stream, bytes: head.length + bytes + tail.length },
      ...present({ beforeSend, signal }),
    })
    const result = saveResultOf(answer)
    if (result === undefined)
      throw answerLost(facts, { reason: 'the answer does not have the form that Salesforce documents' })
    return result
  } finally {
    stream.destroy()
  }
}

/** The record has the name in its fields; headers of a part have no escapes that all servers read. */
const asciiName = (name: string): string => name.replace(/[^\w.-]/g, '_').slice(-100) || 'file'
