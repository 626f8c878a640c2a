// The message for every error of S3, from a real server where it can produce the error.

import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { S3ServiceException } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asApplicationFailure } from '../../../activities/failures.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import { s3Problem } from '../../../loader/storage/s3Errors.ts'
import { startFaultyProxy } from '../../rig/faultyProxy.ts'
import { S3_START_MS, startTestS3, type TestS3 } from '../../rig/s3.ts'

let s3: TestS3
beforeAll(async () => {
  s3 = await startTestS3()
}, S3_START_MS)
afterAll(() => s3.close())

const SECRET = 'a-secret-that-must-not-be-seen'

/** The one-line message, the same for every operation of the run store. */
async function rejections(settings: S3ClientConfig, bucket = s3.bucket): Promise<string[]> {
  const stores = openRunStores(`s3://${bucket}/runs`, '/nowhere', s3.access({ maxAttempts: 1, ...settings }))
  const store = stores.open('r1')
  const asked = {
    write: () => store.write('a.csv', 'x'),
    once: () => store.writeOnce('a.json', 'x'),
    text: () => store.readText('a.csv'),
    read: () => store.read('a.csv'),
    size: () => store.size('a.csv'),
    list: () => store.list(''),
    remove: () => store.remove('a.csv'),
    runs: async () => {
      for await (const _ of stores.runIds()) throw new Error('a run was listed')
    },
    removeRun: () => stores.removeRun('r1'),
  }
  const lines = await Promise.all(
    Object.entries(asked).map(async ([name, ask]) => {
      const error = await ask().then(
        () => expect.fail(`${name} was not rejected`),
        (thrown: unknown) => thrown,
      )
      expect(asApplicationFailure(error, 1)).toMatchObject({ type: 'RunStoreError', nonRetryable: false })
      return (error as Error).message
    }),
  )
  for (const line of lines) {
    expect(line).toMatch(
      /^(?:Writing|Reading|Checking|Listing|Removing) .*in the run store s3:\/\/\S+ failed: .+ \(\w+\)\. .+\.$/,
    )
    expect(line).not.toMatch(/[\r\n]/)
    expect(line).not.toContain(SECRET)
  }
  return lines
}

describe('one line with its remedy', () => {
  const withKey = (accessKeyId = 'unknown') => ({ credentials: { accessKeyId, secretAccessKey: SECRET } })
  const noCredentials = async () => {
    throw Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    })
  }

  test.each<readonly [string, () => S3ClientConfig | Promise<S3ClientConfig>, RegExp]>([
    [
      'a key that the server does not know',
      withKey,
      /does not know the access key \(InvalidAccessKeyId\)\. Set AWS_ACCESS_KEY_ID/,
    ],
    [
      'a wrong secret',
      () => withKey(s3.environment['AWS_ACCESS_KEY_ID']),
      /secret access key does not belong to the access key \(SignatureDoesNotMatch\)\. Set AWS_ACCESS_KEY_ID/,
    ],
    [
      'a wrong region',
      () => ({ region: 'eu-central-1' }),
      /for another region \(AuthorizationHeaderMalformed\)\. Set AWS_REGION/,
    ],
    [
      'a server that is not reachable',
      async () => ({ endpoint: `http://127.0.0.1:${await freePort()}` }),
      /the request to the S3 server failed: the connection was refused \(ECONNREFUSED\)\. It is retried; if it persists, check AWS/,
    ],
    [
      'an unknown host name',
      () => ({ endpoint: 'http://no-such-host.invalid' }),
      /the host name (?:is not known|could not be looked up) \((?:ENOTFOUND|EAI_AGAIN)\)/,
    ],
    [
      'https to a server that serves http',
      () => ({ endpoint: s3.endpoint.replace('http:', 'https:') }),
      /does not speak TLS correctly \(EPROTO\)\. Check AWS_ENDPOINT_URL_S3/,
    ],
    [
      'missing credentials',
      () => ({ credentials: noCredentials }),
      /there are no credentials for S3 \(CredentialsProviderError\)\. Set AWS_ACCESS_KEY_ID/,
    ],
  ])('for %s', async (_, settings, words) => {
    for (const line of await rejections(await settings())) expect(line).toMatch(words)
  })

  test('for a missing bucket', async () => {
    for (const line of await rejections({}, 'no-such-bucket')) {
      expect(line).toMatch(/no such bucket \(NoSuchBucket\)\. Create it, or correct its name in sflink\.yaml\.$/)
    }
  })

  test('for a busy server, and for a full one', async () => {
    const proxy = await startFaultyProxy(s3.endpoint)
    for (const method of ['GET', 'PUT', 'HEAD', 'DELETE', 'POST']) {
      proxy.fail({ method, fault: { answer: 503 }, times: 20 })
    }
    for (const line of await rejections({ endpoint: proxy.url }))
      expect(line).toContain('the S3 server is busy or has an internal error')
    await proxy.close()
  })
})

describe('errors that the test server cannot produce', () => {
  test.each([
    ['PermanentRedirect', 301, /another region .*AWS_REGION/],
    ['RequestTimeTooSkewed', 403, /clocks of .* differ .*Set the clock/],
    ['ExpiredTokenException', 400, /have expired .*AWS_PROFILE/],
    ['XMinioStorageFull', 507, /is full .*Free some space/],
    ['QuotaExceeded', 403, /quota is used up .*Free some space/],
    ['NotImplemented', 501, /does not know this kind of request .*If-None-Match/],
    ['InvalidObjectState', 403, /is archived .*Restore it/],
    ['SlowDown', 503, /busy or has an internal error .*retried/],
    ['SomethingNew', 400, /reports: Never heard\s?of .*AWS command line/],
  ])('%s', (name, status, words) => {
    const error = new S3ServiceException({
      name,
      message: 'Never heard\nof',
      $fault: 'client',
      $metadata: { httpStatusCode: status },
    })
    const { reason, advice } = s3Problem(error)
    expect(`${reason} ${advice}`).toMatch(words)
    expect(`${reason} ${advice}`).not.toContain('\n')
  })

  test.each([
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('a certificate: %s', code => {
    const problem = s3Problem(Object.assign(new Error('certificate'), { code }))
    expect(problem).toMatchObject({ code, transient: false })
    expect(problem.advice).toMatch(/NODE_EXTRA_CA_CERTS|Renew/)
  })
})

test("a wrong clock fails the first request; then the client uses the server's clock", async () => {
  const access = s3.access({ systemClockOffset: -3_600_000 })
  const store = openRunStores(`s3://${s3.bucket}/late`, '/nowhere', access).open('r1')
  await expect(store.write('a.csv', 'x')).rejects.toThrow(
    /^Writing a\.csv in .+ failed: the clocks of .+ differ by more than 15 minutes \(RequestTimeTooSkewed\)\. Set the clock/,
  )
  await store.write('a.csv', 'x')
  expect(await store.readText('a.csv')).toBe('x')
})
