import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_APP, type EmulatorOptions } from './options.ts'
import { type Emulator, startEmulator } from './startEmulator.ts'

/** How the emulator runs as a process of its own. */
export type EmulatorProcessOptions = EmulatorOptions & {
  /** Told the lines that the process prints. @default console.log */
  readonly print?: (line: string) => void
}

function describeCredentials({ url, credentials }: Emulator): string {
  const { username, password, securityToken, clientId, clientSecret, refreshToken, accessToken } = credentials
  return JSON.stringify({
    url,
    username,
    password,
    securityToken,
    clientId,
    clientSecret,
    refreshToken,
    accessToken,
  })
}

function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

/**
 * Runs an emulator until the process is told to stop (SIGTERM or SIGINT). Prints one line: its URL and credentials for each way to log
 * in, as JSON.
 */
export async function runEmulatorProcess(options: EmulatorProcessOptions = {}): Promise<void> {
  const { print = line => console.log(line), ...emulatorOptions } = options
  const emulator = await startEmulator(emulatorOptions)
  print(`Emulated Salesforce org ${describeCredentials(emulator)}`)
  await untilStopped()
  await emulator.close()
}

function whole(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(
    `Not a whole number: ${text}. Use: node emulator/main.ts --port 8080 [--seed 1] [--processing-delay 500] [--certificate app.crt]`,
  )
}

async function runFromCommandLine(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      seed: { type: 'string' },
      'processing-delay': { type: 'string' },
      certificate: { type: 'string' },
    },
  })
  const [port, seed, processingDelayMs] = [whole(values.port), whole(values.seed), whole(values['processing-delay'])]
  await runEmulatorProcess({
    ...(port !== undefined && { port }),
    ...(values.host !== undefined && { host: values.host }),
    ...(seed !== undefined && { seed }),
    ...(processingDelayMs !== undefined && { processingDelayMs }),
    ...(values.certificate !== undefined && {
      apps: [{ ...DEFAULT_APP, certificate: await readFile(values.certificate, 'utf8') }],
    }),
  })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await runFromCommandLine()
