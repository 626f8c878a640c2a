import { createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { systemCode } from '../../loader/http/networkErrors.ts'
import type { Emulator } from '../../packages/emulator/startEmulator.ts'
import type { WorkerProcessOptions } from '../../workers/runWorker.ts'
import { CommandError, EXIT } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'

export type EmulatorCommandOptions = {
  readonly host: string
  readonly port: number
  /** PEM file with the certificate or public key that checks JWT bearer assertions. */
  readonly certificate?: string
  readonly json?: boolean
}

/** Throws CommandError when the address can't be listened on, or the certificate can't be read. */
export async function emulator({ certificate, json, ...options }: EmulatorCommandOptions): Promise<void> {
  const { runEmulatorProcess } = await import('../../packages/emulator/main.ts')
  const { DEFAULT_APP } = await import('../../packages/emulator/options.ts')
  const apps =
    certificate === undefined ? {} : { apps: [{ ...DEFAULT_APP, certificate: await certificateIn(certificate) }] }
  // A program that starts the emulator reads JSON, as before; a person gets text to paste.
  const described = json || !process.stdout.isTTY ? {} : { describe: emulatorText }
  await runEmulatorProcess({ ...options, ...apps, ...described }).catch((error: Error) => {
    if (!('syscall' in error)) throw error
    const reason = systemCode(error) === 'EADDRINUSE' ? 'another program listens there' : error.message
    throw new CommandError(
      `The emulator cannot listen on ${options.host}:${options.port}: ${reason}. Give another --port or --host`,
      EXIT.runFailed,
    )
  })
}

async function certificateIn(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8')
    createPublicKey(pem)
    return pem
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new CommandError(`--certificate ${file}: the file does not exist`)
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`--certificate ${file} is not a PEM certificate or public key: ${reason}`)
  }
}

/** A sflink.yaml to paste, with the flows that need no key file. */
function emulatorText({ url, credentials }: Emulator): string {
  const { clientId, clientSecret, username, password, securityToken, refreshToken, accessToken } = credentials
  return `# Emulated Salesforce org at ${url}; Ctrl-C ends it. For sflink.yaml:
connections:
  emulated:
    loginUrl: ${url}
    auth: { flow: client_credentials, clientId: ${clientId}, clientSecret: ${clientSecret} }
# Other flows:
#   auth: { flow: refresh_token, clientId: ${clientId}, clientSecret: ${clientSecret}, refreshToken: ${refreshToken} }
#   auth: { flow: password, clientId: ${clientId}, clientSecret: ${clientSecret}, username: ${username}, password: ${password}, securityToken: ${securityToken} }
#   auth: { flow: access_token, accessToken: "${accessToken}" }, and instanceUrl: ${url}
#   auth: { flow: jwt_bearer, clientId: ${clientId}, username: ${username}, privateKeyFile: server.key }, with sflink emulator --certificate server.crt`
}

/** Throws what runUp throws. */
export async function up(options: Pick<SharedOptions, 'config'>): Promise<void> {
  // It runs as long as its worker: 117 MB in place of 139.
  const { useHeapFlags } = await import('../../workers/heapFlags.ts')
  useHeapFlags()
  const { runUp } = await import('../up/runUp.ts')
  await runUp(options)
}

export type WorkerCommandOptions = Omit<WorkerProcessOptions, 'deployment'> & {
  readonly deployment?: string
  readonly buildId?: string
}

/** Throws CommandError when only one of --deployment and --build-id is given. */
export async function worker({ deployment: name, buildId, ...options }: WorkerCommandOptions): Promise<void> {
  if ((name === undefined) !== (buildId === undefined)) {
    throw new CommandError('Worker Versioning needs both --deployment and --build-id; give both or neither')
  }
  const { useHeapFlags } = await import('../../workers/heapFlags.ts')
  useHeapFlags()
  const { runWorker } = await import('../../workers/runWorker.ts')
  const deployment = name === undefined || buildId === undefined ? {} : { deployment: { name, buildId } }
  await runWorker({ ...options, ...deployment })
}
