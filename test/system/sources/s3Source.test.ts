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
  test('is read with all objects that match a pattern', async () => {
    await put('in/many/part-2.csv', 'a,b\n3,4\n')
    await put('in/many/part-1.csv', 'a,b\n1,2\n')
    await put('in/many/deep/part-3.csv', 'a,b\n5,6\n')
    expect(await rowsOf(uriOf('in/many/part-*.csv'))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(await statSource({ uri: uriOf('in/many/part-*.csv') }, placesOf())).toMatchObject({ bytes: 16 })
    expect(await statSource({ uri: uriOf('in/many/none-*.csv') }, placesOf())).toBeUndefined()
    await expect(rowsOf(uriOf('inside/*.csv'))).rejects.toThrow(/outside the data directories/)
  })

  test('is rejected when a pattern matches its name with a *, which would be a pattern too', async () => {
    await put('in/stars/', '')
    await put('in/stars/a.csv', 'a\n1\n')
    expect(await rowsOf(uriOf('in/stars/*'))).toEqual([['1']])
    await put('in/stars/b*.csv', 'a\n2\n')
    await expect(rowsOf(uriOf('in/stars/*'))).rejects.toThrow(/b\*\.csv has a \* in its name\. Rename it/)
  })

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
    expect(await statSource({ uri: uriOf('in/new.csv') }, placesOf())).toBeUndefined()
    await put('in/new.csv', 'a\n1\n')
    const first = await statSource({ uri: uriOf('in/new.csv') }, placesOf())
    expect(first).toMatchObject({ bytes: 4 })
    expect(Math.abs((first?.changedAt ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(await statSource({ uri: uriOf('in/new.csv') }, placesOf())).toEqual(first)
    await put('in/new.csv', 'a\n2\n')
    expect((await statSource({ uri: uriOf('in/new.csv') }, placesOf()))?.version).not.toBe(first?.version)
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
    await expect(statSource({ uri }, placesOf(unreachable))).rejects.toThrow('it is outside the data directories')
  })
})

describe('an unreadable source', () => {
  test('a missing object is not retried, and is reported like a missing file', async () => {
    const { type, message, final } = await failure(uriOf('in/nothing.csv'))
    expect({ type, final }).toEqual({ type: 'SourceFileError', final: true })
    expect(message).toContain('there is no such object. Check the name')
  })

  test('a server that does not answer is retried', async () => {
    const unreachable = s3.access({ endpoint: `http://127.0.0.1:${await freePort()}` })
    const { type, message, final } = await failure(uriOf('in/x.csv'), unreachable)
    expect({ type, final }).toEqual({ type: 'SourceUnreachableError', final: false })
    expect(message).toMatch(
      /can't be read now: the request to the S3 server failed: the connection was refused \(ECONNREFUSED\)\. It is retried/,
    )
    await expect(statSource({ uri: uriOf('in/x.csv') }, placesOf(unreachable))).rejects.toThrow(
      'the connection was refused',
    )
  })
})
