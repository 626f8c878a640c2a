// The client of Amazon S3, or of a server that speaks its protocol, with explicit limits.
import { createRequire } from 'node:module'
import type { S3, S3ClientConfig } from '@aws-sdk/client-s3'

/** Milliseconds to open a connection. */
const CONNECT_MS = 5_000
/** Milliseconds until an answer begins: the server receives a part of 5 MiB first, possibly over a slow network. */
const ANSWER_MS = 60_000
/** Milliseconds without a byte. When a slower reader exceeds them, reading resumes over a new connection. */
const IDLE_MS = 60_000
/** Concurrent connections: eight activities, each with a file to read and a few to write. */
const CONNECTIONS = 64
/** Attempts in quick succession, for cut connections and a busy server; Temporal retries after that. */
const ATTEMPTS = 4

export type S3Access = () => S3

const loadSdk = (): typeof import('@aws-sdk/client-s3') => createRequire(import.meta.url)('@aws-sdk/client-s3')

/**
 * Loads the SDK and creates the client when it is first needed: a setup with local files only needs neither the SDK, which takes 20 MB of
 * memory, nor credentials.
 * Region, credentials and endpoint are those of the AWS command line: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL_S3 ….
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
export function s3Access(settings: S3ClientConfig = {}, environment: NodeJS.ProcessEnv = process.env): S3Access {
  let client: S3 | undefined
  return () => {
    client ??= new (loadSdk().S3)({
      // Other servers rarely have a host name for each bucket.
      forcePathStyle: Boolean(environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL']),
      // The length is checked here; a checksum over the whole is not possible where reading resumes after a cut.
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        throwOnRequestTimeout: true,
        socketTimeout: IDLE_MS,
        httpAgent: { keepAlive: true, maxSockets: CONNECTIONS },
        httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS },
      },
      ...settings,
    })
    return client
  }
}
