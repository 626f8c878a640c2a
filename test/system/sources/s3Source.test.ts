import { gzipSync } from 'node:zlib'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asApplicationFailure } from '../../../activities/failures.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { openSource, statSource } from '../../../loader/sources/open.ts'
import { startFaultyProxy } from '../../rig/faultyProxy.ts'
import { S3_START_MS, startTestS3, type TestS3 } from '../../rig/s3.ts'
import { allRows } from '../../unit/sources/tables.ts'

let s3: TestS3
beforeAll(async () => {
  s3 = await startTestS3()
  await put('in/x.csv', 'a,b\n1,2\n')
  await put('in/deep/März 100%.csv', 'a\n1\n')
  await put('inside/secret.csv', 'a\n')
  await put('in/gzip.csv', gzipSync('a\n1\n2\n'), 'gzip')
  await put('in/cut.csv', gzipSync('a\n1\n2\n'.repeat(1_000)).subarray(0, 40), 'gzip')
  await put('in/brotli.csv', 'a', 'br')
}, S3_START_MS)
afterAll(() => s3.close())

async function put(Key: string, content: string | Buffer, ContentEncoding?: string): Promise<void> {
  const Body = Buffer.from(content)
  await s3
    .access()()
    .send(
      new PutObjectCommand({
        Bucket: s3.bucket,
        Key,
        Body,
        ...(ContentEncoding === undefined ? {} : { ContentEncoding }),
      }),
    )
}

const placesOf = (access = s3.access()) => ({
  baseDirectory: '/nowhere',
  dataDirectories: ['data', `s3://${s3.bucket}/in`, 'https://files.acme.com/'],
  s3: access,
})

const uriOf = (key: string) => `s3://${s3.bucket}/${key}`

async function rowsOf(uri: string, access = s3.access()): Promise<string[][]> {
  return await allRows(await openSource({ uri }, placesOf(access)))
}

/** Reading and stat fail alike; returns the error of reading. */
async function failure(uri: string, access = s3.access()) {
  const reading = await rowsOf(uri, access).catch((error: unknown) => error)
  const { type, message, nonRetryable } = asApplicationFailure(reading, 1) as {
    type: string
    message: string
    nonRetryable: boolean
  }
  expect(message).toMatch(/^The source .+ can't be (?:opened|read now): .+\.$/)
  expect(message).not.toContain('\n')
  return { type, message, final: nonRetryable }
}

describe('an object below an allowed prefix', () => {
  test('is read, and identified by its URI', async () => {
    const reader = await openSource({ uri: uriOf('in/x.csv') }, placesOf())
    expect(reader.description).toBe(uriOf('in/x.csv'))
    expect(await allRows(reader)).toEqual([['1', '2']])
    expect(await rowsOf(uriOf('in/deep/März 100%.csv'))).toEqual([['1']])
  })

  test('is decompressed when it is stored as gzip', async () => {
    expect(await rowsOf(uriOf('in/gzip.csv'))).toEqual([['1'], ['2']])
  })

  test('reports whether it exists, its size, and whether it changed', async () => {
    expect(await statSource(uriOf('in/new.csv'), placesOf())).toBeUndefined()
    await put('in/new.csv', 'a\n1\n')
    const first = await statSource(uriOf('in/new.csv'), placesOf())
    expect(first).toMatchObject({ bytes: 4 })
    expect(Math.abs((first?.changedAt ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(await statSource(uriOf('in/new.csv'), placesOf())).toEqual(first)
    await put('in/new.csv', 'a\n2\n')
    expect((await statSource(uriOf('in/new.csv'), placesOf()))?.version).not.toBe(first?.version)
  })

  test('is read to its end over new connections when one is cut', async () => {
    const proxy = await startFaultyProxy(s3.endpoint)
    const rows = Array.from({ length: 50_000 }, (_, row) => [`value of ${row}`])
    await put('in/large.csv', `a\n${rows.join('\n')}\n`)
    for (const bytes of [10, 100_000]) proxy.fail({ method: 'GET', fault: { cutBodyAfter: bytes } })
    expect(await rowsOf(uriOf('in/large.csv'), s3.access({ endpoint: proxy.url }))).toEqual(rows)
    await proxy.close()
  })

  test('is rejected when it is replaced while it is read', async () => {
    const proxy = await startFaultyProxy(s3.endpoint)
    await put('in/replaced.csv', `a\n${'1\n'.repeat(200_000)}`)
    proxy.fail({ method: 'GET', fault: { cutBodyAfter: 100_000 } })
    const reader = await openSource({ uri: uriOf('in/replaced.csv') }, placesOf(s3.access({ endpoint: proxy.url })))
    await put('in/replaced.csv', `a\n${'2\n'.repeat(200_000)}`)
    await expect(allRows(reader)).rejects.toThrow(
      /the object was replaced while it was read\. Wait until it is written/,
    )
    await proxy.close()
  })
})

describe('outside of the allowed prefixes', () => {
  test.each([
    's3://another-bucket/in/x.csv',
    's3://BUCKET/inside/secret.csv',
    's3://BUCKET/in',
    's3://BUCKET/',
    's3://BUCKET/IN/x.csv',
  ])('no request is sent: %s', async written => {
    const uri = written.replace('BUCKET', s3.bucket)
    const unreachable = s3.access({ endpoint: `http://127.0.0.1:${await freePort()}` })
    const { message, final } = await failure(uri, unreachable)
    expect(message).toContain(`it is outside the data directories (allowed: data, s3://${s3.bucket}/in, https://files`)
    expect(final).toBe(true)
    await expect(statSource(uri, placesOf(unreachable))).rejects.toThrow('it is outside the data directories')
  })

  test.each([
    ['s3://BUCKET/in/../inside/secret.csv', 'it holds "." or ".." as a name'],
    ['s3://BUCKET/in/%2e%2e/inside/secret.csv', 'it holds "." or ".." as a name'],
    ['s3://BUCKET/in/.%252E/inside/secret.csv', 'it holds "." or ".." as a name'],
    ['s3://BUCKET/in//x.csv', 'it holds an empty name'],
    ['s3://BUCKET/in/x\0.csv', 'it holds a control character'],
    ['s3:BUCKET/in/x.csv', 'it is not written as s3://bucket/key'],
    [`s3://BUCKET/in/${'x'.repeat(1025)}`, 'its key is longer than 1024 bytes'],
  ])('an invalid key is rejected: %s', async (written, words) => {
    const { message, final } = await failure(written.replace('BUCKET', s3.bucket))
    expect(message).toContain(`its uri can't be used: ${words}`)
    expect(final).toBe(true)
  })

  test('credentials in a URI are not printed', async () => {
    const { message } = await failure(`s3://AKIA:topsecret@${s3.bucket}/in/x.csv`)
    expect(message).toContain('it holds credentials')
    expect(message).not.toContain('topsecret')
  })
})

describe('an unreadable source', () => {
  test('a missing object is not retried, and is reported like a missing file', async () => {
    const { type, message, final } = await failure(uriOf('in/nothing.csv'))
    expect({ type, final }).toEqual({ type: 'SourceFileError', final: true })
    expect(message).toContain('there is no such object. Check the name')
  })

  test('a key without access and a missing bucket are not retried', async () => {
    const credentials = { accessKeyId: 'unknown', secretAccessKey: 'hush-hush-hush' }
    const rejected = await failure(uriOf('in/x.csv'), s3.access({ credentials }))
    expect(rejected).toMatchObject({ type: 'SourceFileError', final: true })
    expect(rejected.message).toMatch(/does not know the access key \(InvalidAccessKeyId\)\. Set AWS_ACCESS_KEY_ID/)
    expect(rejected.message).not.toContain('hush')
    const elsewhere = { ...placesOf(), dataDirectories: ['s3://no-such-bucket'] }
    const missing = openSource({ uri: 's3://no-such-bucket/x.csv' }, elsewhere)
    await expect(missing).rejects.toThrow(/there is no such bucket \(NoSuchBucket\)\. Create it/)
    await expect(statSource('s3://no-such-bucket/x.csv', elsewhere)).rejects.toThrow(/there is no such bucket/)
  })

  test('a server that does not answer is retried', async () => {
    const unreachable = s3.access({ endpoint: `http://127.0.0.1:${await freePort()}` })
    const { type, message, final } = await failure(uriOf('in/x.csv'), unreachable)
    expect({ type, final }).toEqual({ type: 'SourceUnreachableError', final: false })
    expect(message).toMatch(
      /can't be read now: the request to the S3 server failed: the connection was refused \(ECONNREFUSED\)\. It is retried/,
    )
    await expect(statSource(uriOf('in/x.csv'), placesOf(unreachable))).rejects.toThrow('the connection was refused')
  })

  test('another content encoding and an incomplete gzip are not retried', async () => {
    expect((await failure(uriOf('in/brotli.csv'))).message).toMatch(
      /its server sends Content-Encoding "br"; supported is gzip\. Store/,
    )
    expect((await failure(uriOf('in/cut.csv'))).message).toMatch(/it is not a complete gzip file\. Store it again\./)
  })
})
