import { createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { SALESFORCE_SPEED } from './bulk/batches.ts'
import { runEmulatorProcess } from './main.ts'
import { DEFAULT_APP, type EmulatorOptions } from './options.ts'

const HELP = `Usage: salesforce-emulator [options]

Starts a Salesforce org for development and tests. Prints its URL and credentials as one line, and runs until Ctrl-C.

Options:
  --port NUMBER                Port to listen on; 0 is any free port (default: 0)
  --host ADDRESS               Address to listen on (default: 127.0.0.1)
  --seed NUMBER                Seed of everything that is random in an org, such as the order of results (default: 1)
  --processing-delay MS        Minimum duration of a bulk job in milliseconds (default: 0)
  --speed salesforce           Ingest jobs in batches of 10,000 records at a limited rate (default: full, as fast as the machine)
  --lock-parents               Batches of ingest jobs lock the parents of their records; needs --speed salesforce
  --certificate FILE           PEM certificate or public key that checks JWT bearer assertions (default: a generated key)
  --external-client-app        The app is an External Client App: JWT audience login.salesforce.com is app_not_found
  --rotate-refresh-tokens      Each use of a refresh token replaces it
  --person-accounts            An account may be a person: LastName in place of Name
  --address-picklists          Countries and states are picklists, with codes
  --no-records                 Starts without accounts, contacts, other users and the queue
  --version                    Prints the version
  --help                       Prints this text
`

const MAX_PORT = 65_535

/** Thrown when the command line is not valid. */
class UsageError extends Error {
  override name = 'UsageError' as const
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        seed: { type: 'string' },
        'processing-delay': { type: 'string' },
        speed: { type: 'string' },
        'lock-parents': { type: 'boolean' },
        certificate: { type: 'string' },
        'external-client-app': { type: 'boolean' },
        'rotate-refresh-tokens': { type: 'boolean' },
        'person-accounts': { type: 'boolean' },
        'address-picklists': { type: 'boolean' },
        'no-records': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function wholeNumber(option: string, text: string | undefined, max = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text)
  throw new UsageError(`--${option} is '${text}'; give a whole number from 0 to ${max}`)
}

function isSalesforceSpeed(speed: string | undefined): boolean {
  if (speed === undefined || speed === 'full' || speed === 'salesforce') return speed === 'salesforce'
  throw new UsageError(`--speed is '${speed}'; give full or salesforce`)
}

/** Reads the file and checks that it is a certificate or a public key. */
async function certificateIn(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8')
    createPublicKey(pem)
    return pem
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--certificate ${file} is not a readable PEM certificate or public key: ${reason}`, { cause })
  }
}

async function emulatorOptions(values: ReturnType<typeof parsed>): Promise<EmulatorOptions> {
  const port = wholeNumber('port', values.port, MAX_PORT)
  const seed = wholeNumber('seed', values.seed)
  const processingDelayMs = wholeNumber('processing-delay', values['processing-delay'])
  return {
    ...(port !== undefined && { port }),
    ...(values.host !== undefined && { host: values.host }),
    ...(seed !== undefined && { seed }),
    ...(processingDelayMs !== undefined && { processingDelayMs }),
    ...(isSalesforceSpeed(values.speed) && {
      bulkSpeed: { ...SALESFORCE_SPEED, locksParents: values['lock-parents'] ?? false },
    }),
    ...(values['person-accounts'] === true && { personAccounts: true }),
    ...(values['address-picklists'] === true && { addressPicklists: true }),
    ...(values['no-records'] === true && { seedRecords: false }),
    apps: [
      {
        ...DEFAULT_APP,
        isExternalClientApp: values['external-client-app'] ?? false,
        rotatesRefreshTokens: values['rotate-refresh-tokens'] ?? false,
        ...(values.certificate !== undefined && { certificate: await certificateIn(values.certificate) }),
      },
    ],
  }
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nSee salesforce-emulator --help`)
    return 2
  }
  if (error instanceof Error && 'syscall' in error) {
    console.error(`The emulator cannot listen: ${error.message}. Give another --port or --host`)
    return 1
  }
  throw error
}

/** Runs the command `salesforce-emulator`. Returns the exit code: 2 for a usage error, 1 when the address is not available. */
export async function runCommandLine(args: readonly string[], version: string): Promise<number> {
  try {
    const values = parsed(args)
    if (values.help === true) console.log(HELP.trimEnd())
    else if (values.version === true) console.log(version)
    else await runEmulatorProcess(await emulatorOptions(values))
    return 0
  } catch (error) {
    return report(error)
  }
}
