// Requests to S3 whose answers are lost or cut.
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RunStoreError, RunStoreUnfitError } from '../../../loader/storage/errors.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import type { RunStore } from '../../../loader/storage/runStore.ts'
import { type FaultyProxy, startFaultyProxy } from '../../rig/faultyProxy.ts'
import { S3_START_MS, startTestS3, type TestS3 } from '../../rig/s3.ts'

let s3: TestS3
let proxy: FaultyProxy
let store: RunStore
let place = 0
beforeAll(async () => {
  s3 = await startTestS3()
}, S3_START_MS)
afterAll(() => s3.close())
beforeEach(async () => {
  proxy = await startFaultyProxy(s3.endpoint)
  place += 1
  store = stores().open('run')
})
afterEach(() => proxy.close())

function stores() {
  return openRunStores(`s3://${s3.bucket}/place-${place}`, '/nowhere', s3.access({ endpoint: proxy.url }))
}

const putsOf = (path: string) => proxy.requests.filter(request => request.startsWith('PUT') && request.includes(path))

describe('a conditional write', () => {
  test('succeeds after a lost answer: the second attempt finds its own file', async () => {
    proxy.fail({ method: 'PUT', path: /job\.json/, fault: { loseAnswer: true } })
    expect(await store.writeOnce('job.json', 'mine')).toBe(true)
    expect(putsOf('job.json')).toHaveLength(2)
    expect(await store.writeOnce('job.json', 'mine')).toBe(false)
  })

  test('reports that another writer was first when the answer to that is lost, even with equal content', async () => {
    await store.writeOnce('job.json', 'the same')
    proxy.fail({ method: 'PUT', path: /job\.json/, fault: { loseAnswer: true } })
    expect(await store.writeOnce('job.json', 'the same')).toBe(false)
  })

  test('fails as retryable when all answers are lost; the retry finds the file', async () => {
    proxy.fail({ method: 'PUT', path: /job\.json/, fault: { loseAnswer: true }, times: 4 })
    const failure = await store.writeOnce('job.json', 'mine').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RunStoreError)
    expect((failure as Error).message).toMatch(
      /^Writing job\.json in the run store s3:\/\/.+\/run failed: the request to the S3 server failed: the connection was cut \(ECONNRESET\)\. It is retried; if it persists, check AWS_ENDPOINT_URL_S3 and the network\.$/,
    )
    expect(await store.writeOnce('job.json', 'mine')).toBe(false)
    expect(await store.readText('job.json')).toBe('mine')
  })

  test('is repeated after a conflict with another write', async () => {
    const body = '<Error><Code>ConditionalRequestConflict</Code><Message>Conflict</Message></Error>'
    proxy.fail({ method: 'PUT', path: /job\.json/, fault: { answer: 409, body }, times: 2 })
    expect(await store.writeOnce('job.json', 'mine')).toBe(true)
  })

  test('is probed once per process, and costs one request after that', async () => {
    await store.writeOnce('first.json', '')
    expect(putsOf('.conditional-writes')).toHaveLength(2)
    await store.writeOnce('second.json', '')
    await stores().open('other').writeOnce('third.json', '')
    expect(putsOf('.conditional-writes')).toHaveLength(3)
  })
})

describe('a server without conditional writes', () => {
  test('is rejected before any file is written', async () => {
    proxy.fail({ method: 'PUT', path: /\.conditional-writes/, fault: { answer: 200 }, times: 2 })
    const failure = await store.writeOnce('job.json', 'mine').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RunStoreUnfitError)
    expect((failure as Error).message).toMatch(
      /^The run store s3:\/\/\S+ can't be used: its server accepts a conditional/,
    )
    expect((failure as Error).message).not.toContain('\n')
    expect(putsOf('job.json')).toEqual([])
  })
})

describe('reading', () => {
  const content = 'line of text\n'.repeat(100_000)

  test('continues where a connection was cut, and never treats the cut as the end', async () => {
    await store.write('source', content)
    for (const bytes of [1, 70_000, 500_000]) proxy.fail({ method: 'GET', fault: { cutBodyAfter: bytes } })
    expect(await text(await store.read('source'))).toBe(content)
    expect(proxy.requests.filter(request => request.startsWith('GET'))).toHaveLength(4)
  })

  test('fails when no further bytes arrive', async () => {
    await store.write('source', content)
    proxy.fail({ method: 'GET', fault: { cutBodyAfter: 70_000 } })
    const stream = await store.read('source')
    proxy.fail({ method: 'GET', fault: { answer: 503 }, times: 1_000 })
    await expect(text(stream)).rejects.toThrow(
      /^Reading source in .+ failed: the S3 server is busy or has an internal error \(/,
    )
  })

  test('fails when the file is replaced meanwhile', async () => {
    await store.write('source', content)
    proxy.fail({ method: 'GET', fault: { cutBodyAfter: 70_000 } })
    const stream = await store.read('source')
    await store.write('source', content.toUpperCase())
    await expect(text(stream)).rejects.toThrow('it was replaced while it was read')
  })
})

describe('writing', () => {
  test('a large file continues after lost and rejected parts', async () => {
    proxy.fail({ method: 'PUT', path: /partNumber=2/, fault: { loseAnswer: true } })
    proxy.fail({ method: 'PUT', path: /partNumber=3/, fault: { answer: 503 } })
    const piece = 'x'.repeat(1 << 20)
    const writer = store.writer('source')
    for (let count = 0; count < 17; count += 1) await writer.write(piece)
    await writer.finish()
    expect(await text(await store.read('source'))).toBe(piece.repeat(17))
  })

  test('a large file that cannot be written fails its writer, and leaves no file', async () => {
    proxy.fail({
      method: 'PUT',
      path: /partNumber=2/,
      fault: { answer: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
    })
    const writer = store.writer('source')
    const writing = async () => {
      for (let count = 0; count < 40; count += 1) await writer.write('x'.repeat(1 << 20))
      await writer.finish()
    }
    await expect(writing()).rejects.toThrow(
      /^Writing source in .+ failed: the access key may not do this \(AccessDenied\)/,
    )
    await writer.discard()
    expect(await store.list('')).toEqual([])
    expect(proxy.requests.some(request => request.startsWith('DELETE') && request.includes('uploadId='))).toBe(true)
  })
})
