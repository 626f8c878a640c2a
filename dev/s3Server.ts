// An S3 server for development: for the tests, the bench and the cluster on one machine.
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './freePort.ts'
import { type GuardedProcess, spawnGuarded } from './guardedProcess.ts'
import { findS3 } from './s3Executable.ts'

export type S3Server = {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string
  /** What a process needs in its environment to use it. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends the server if it was started here. */
  close(): Promise<void>
}

export type S3ServerOptions = {
  /** Directory that keeps the buckets, in `buckets`, and their metadata. Made when it is missing. */
  readonly folder: string
  /** @default a free one */
  readonly port?: number
  /** @default made up */
  readonly secretAccessKey?: string
}

/** Thrown when the executable was found but no server came up. */
class S3StartError extends Error {
  override readonly name = 'S3StartError' as const

  constructor(executable: string, reason: string) {
    super(`Starting an S3 server failed: \`${executable}\` ${reason}. Run it by hand to see why.`)
  }
}

/** Where no other is said, versitygw's. */
const REGION = 'us-east-1'
const ACCESS_KEY_ID = 'sflink'
const START_MS = 30_000
const POLL_MS = 50
/** Another process may take a free port before the server does. */
const PORT_ATTEMPTS = 3

/**
 * Starts versitygw on 127.0.0.1 over a directory; it ends with this process. Leads to the one that SFLINK_S3_ENDPOINT names instead.
 * Throws S3MissingError when there is no versitygw to start, S3StartError when it does not come up.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const found = await findS3()
  if (found.kind === 'server') {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = REGION } = process.env
    return server(found.endpoint, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, async () => {})
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startGateway(found.path, options)
    } catch (error) {
      if (options.port !== undefined || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

async function startGateway(executable: string, options: S3ServerOptions): Promise<S3Server> {
  // Metadata lies beside the buckets: not every file system has extended attributes.
  const buckets = join(options.folder, 'buckets')
  const metadata = join(options.folder, 'metadata')
  await mkdir(buckets, { recursive: true })
  await mkdir(metadata, { recursive: true })
  const port = options.port ?? (await freePort())
  const secret = options.secretAccessKey ?? randomBytes(20).toString('hex')
  const args = ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', metadata, buckets]
  const keys = { ROOT_ACCESS_KEY_ID: ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY: secret }
  const gateway = spawnGuarded(executable, args, { ...process.env, ...keys })
  const endpoint = `http://127.0.0.1:${port}`
  await untilServing(gateway, endpoint, executable)
  return server(endpoint, ACCESS_KEY_ID, secret, REGION, () => gateway.end())
}

function server(
  endpoint: string,
  accessKeyId: string,
  secretAccessKey: string,
  region: string,
  close: () => Promise<void>,
): S3Server {
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
  }
  return { endpoint, environment, close }
}

async function untilServing(gateway: GuardedProcess, endpoint: string, executable: string): Promise<void> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline) {
    if (gateway.process.exitCode !== null) {
      throw new S3StartError(executable, `ended with ${gateway.process.exitCode} (${gateway.lastError()})`)
    }
    // Any answer will do: without a signature it is a rejection.
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return
    await sleep(POLL_MS)
  }
  await gateway.end()
  throw new S3StartError(executable, `did not answer on ${endpoint} within ${START_MS / 1000} s`)
}
