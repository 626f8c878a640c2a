// Reasons and advice for rejections and failures of S3.
import { networkProblem, type ServerProblem } from '../http/networkErrors.ts'

type Words = Omit<ServerProblem, 'code'>

const KEYS = 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to a key that is valid.'
const RIGHTS =
  'Allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on its objects and s3:ListBucket on the bucket.'
const REGION = 'Set AWS_REGION to the region of the bucket, and AWS_ENDPOINT_URL_S3 if the server is not Amazon’s.'
const BUSY: Words = {
  reason: 'the S3 server is busy or has an internal error',
  advice: 'It is retried; if it persists, check the state of that server.',
  transient: true,
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const BY_CODE: ReadonlyMap<string, Words> = new Map(
  Object.entries({
    InvalidAccessKeyId: { reason: 'the S3 server does not know the access key', advice: KEYS, transient: false },
    SignatureDoesNotMatch: {
      reason: 'the secret access key does not belong to the access key',
      advice: KEYS,
      transient: false,
    },
    CredentialsProviderError: { reason: 'there are no credentials for S3', advice: KEYS, transient: false },
    ExpiredToken: { reason: 'the credentials for S3 have expired', advice: KEYS, transient: false },
    InvalidToken: { reason: 'the session token for S3 is not valid', advice: KEYS, transient: false },
    AccessDenied: { reason: 'the access key may not do this', advice: RIGHTS, transient: false },
    NoSuchBucket: {
      reason: 'there is no such bucket',
      advice: 'Create it, or correct its name in sflink.yaml.',
      transient: false,
    },
    PermanentRedirect: { reason: 'the bucket is in another region', advice: REGION, transient: false },
    AuthorizationHeaderMalformed: {
      reason: 'the request was signed for another region',
      advice: REGION,
      transient: false,
    },
    IncorrectEndpoint: { reason: 'the bucket is in another region', advice: REGION, transient: false },
    RegionMissing: { reason: 'the region is not known', advice: REGION, transient: false },
    RequestTimeTooSkewed: {
      reason: 'the clocks of this machine and the S3 server differ by more than 15 minutes',
      advice: 'Set the clock (NTP).',
      transient: false,
    },
    NotImplemented: {
      reason: 'the S3 server does not know this kind of request',
      advice: 'Use a server with conditional writes (If-None-Match), such as Amazon S3.',
      transient: false,
    },
    InvalidObjectState: {
      reason: 'the object is archived',
      advice: 'Restore it, or store it in a storage class with immediate access.',
      transient: false,
    },
    QuotaExceeded: { reason: 'the bucket’s quota is used up', advice: 'Free some space in it.', transient: false },
    InsufficientStorage: { reason: 'the S3 server is full', advice: 'Free some space in it.', transient: false },
    SlowDown: BUSY,
    ServiceUnavailable: BUSY,
    InternalError: BUSY,
    OperationAborted: BUSY,
    ConditionalRequestConflict: BUSY,
  }),
)

/** Codes for answers without a body, such as those to HEAD: only the status is known. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  403: 'AccessDenied',
  501: 'NotImplemented',
  507: 'InsufficientStorage',
}

/** Other codes with the same meaning. */
const SAME: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ExpiredTokenException: 'ExpiredToken',
    TokenRefreshRequired: 'ExpiredToken',
    RequestExpired: 'RequestTimeTooSkewed',
    AllAccessDisabled: 'AccessDenied',
    XMinioStorageFull: 'InsufficientStorage',
    // versitygw
    XAdminUserNotFound: 'InvalidAccessKeyId',
  }),
)

export function s3Problem(error: unknown): ServerProblem {
  const network = networkProblem(error, 'the S3 server', 'AWS_ENDPOINT_URL_S3 and the network')
  if (network !== undefined) return network
  const status = statusOf(error)
  const name = codeOf(error)
  const code = !BY_CODE.has(name) && status !== undefined ? (BY_STATUS[status] ?? name) : name
  const words = BY_CODE.get(code) ?? ((status ?? 0) >= 500 || status === 429 ? BUSY : unknownProblem(error))
  return { code, ...words }
}

/** The HTTP status of the answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined
  const status = (metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode
  return typeof status === 'number' ? status : undefined
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown'
  if (error.message.startsWith('Region is missing')) return 'RegionMissing'
  return SAME.get(error.name) ?? error.name
}

function unknownProblem(error: unknown): Words {
  const message = error instanceof Error ? error.message : String(error)
  const reason = `the S3 server reports: ${message.replaceAll(/\s+/g, ' ')}`
  return {
    reason,
    advice: 'Check that the bucket can be read and written with the AWS command line.',
    transient: false,
  }
}
