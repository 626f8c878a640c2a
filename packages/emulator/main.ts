import type { EmulatorOptions } from './options.ts'
import { type Emulator, startEmulator } from './startEmulator.ts'

/** Options of an emulator in a separate process. */
export type EmulatorProcessOptions = EmulatorOptions & {
  /** Receives the lines that the process prints. @default console.log */
  readonly print?: (line: string) => void
  /** What it prints when it has started. @default one line: its URL and credentials as JSON */
  readonly describe?: (emulator: Emulator) => string
}

function describeCredentials({ url, credentials }: Emulator): string {
  const { privateKey: _, ...printed } = credentials
  return `Emulated Salesforce org ${JSON.stringify({ url, ...printed })}`
}

function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

/**
 * Runs an emulator until the process receives SIGTERM or SIGINT, and prints its URL and the credentials for each login flow. Throws
 * when the address is not available.
 */
export async function runEmulatorProcess(options: EmulatorProcessOptions = {}): Promise<void> {
  const { print = line => console.log(line), describe = describeCredentials, ...emulatorOptions } = options
  const emulator = await startEmulator(emulatorOptions)
  print(describe(emulator))
  await untilStopped()
  await emulator.close()
}
