// An S3 server for the tests and the bench.
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findS3 } from '../programs/s3Executable.ts'
import { onFreePort } from './freePort.ts'
import { Processes } from './processes.ts'

export type S3Server = {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string
  /** Variables that a process needs to use it. */
  readonly environment: Readonly<Record<string, string>>
  /** Stops the server if it was started here. */
  close(): Promise<void>
}

/** The default of versitygw. */
const REGION = 'us-east-1'
const ACCESS_KEY_ID = 'sflink'

/**
 * Starts versitygw on 127.0.0.1 that ends with this process, or returns the server that SFLINK_S3_ENDPOINT names.
 * Throws S3MissingError when there is no versitygw to start, ProcessEndedError when it does not start.
 * @param folder for the buckets, in `buckets`, and their metadata; created when missing
 */
export async function startS3Server({ folder }: { readonly folder: string }): Promise<S3Server> {
  const found = await findS3()
  if (found.kind === 'server') {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = REGION } = process.env
    const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION }
    return { ...serverAt(found.endpoint, keys), close: async () => {} }
  }
  return onFreePort(port => startGateway(found.path, folder, port))
}

async function startGateway(executable: string, folder: string, port: number): Promise<S3Server> {
  // Metadata is beside the buckets: not every file system has extended attributes.
  const buckets = join(folder, 'buckets')
  const metadata = join(folder, 'metadata')
  await mkdir(buckets, { recursive: true })
  await mkdir(metadata, { recursive: true })
  const secret = randomBytes(20).toString('hex')
  const endpoint = `http://127.0.0.1:${port}`
  const processes = new Processes()
  try {
    const gateway = await processes.start({
      ...{ name: `\`${executable}\``, program: executable, stopSignal: 'SIGKILL' },
      args: ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', metadata, buckets],
      environment: { ...process.env, ROOT_ACCESS_KEY_ID: ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY: secret },
    })
    await gateway.until(() => answers(endpoint))
  } catch (error) {
    await processes.end()
    throw error
  }
  const keys = { AWS_ACCESS_KEY_ID: ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: REGION }
  return { ...serverAt(endpoint, keys), close: () => processes.end() }
}

const serverAt = (endpoint: string, keys: S3Server['environment']): Omit<S3Server, 'close'> => ({
  endpoint,
  environment: { AWS_ENDPOINT_URL_S3: endpoint, ...keys },
})

/** Any answer will do: without a signature it is a rejection. */
function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  )
}
