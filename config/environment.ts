// Reads the environment; no other file does.
import { existsSync } from 'node:fs'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import type { Configuration, ReadOptions } from './configuration.ts'
import { envFileOf, withEnvFile } from './envFile.ts'
import { EnvironmentError } from './problems.ts'

/** The configuration when neither --config nor SFLINK_CONFIG names one. */
const DEFAULT_CONFIG_FILE = 'sflink.yaml'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The configuration's path: as given, else SFLINK_CONFIG, else sflink.yaml in the working directory. */
export function configurationPath(given?: string): string {
  return given ?? (process.env['SFLINK_CONFIG'] || DEFAULT_CONFIG_FILE)
}

/** Throws ConfigurationError with every problem found. */
export async function loadConfiguration(
  given?: string,
  options: Omit<ReadOptions, 'environment'> = {},
): Promise<Configuration> {
  // Every command reads the environment, but not every one a configuration, whose schemas take a tenth of a second to load.
  const { readConfiguration } = await import('./configuration.ts')
  return readConfiguration(configurationPath(given), { environment: process.env, ...options })
}

/** The variables of a configuration: those of the process, and of `.env` beside the file. Throws ConfigurationError when that is not valid. */
export async function variablesOf(configFile: string): Promise<NodeJS.ProcessEnv> {
  const path = envFileOf(configFile)
  return withEnvFile(process.env, path, path)
}

/** Keys for payloads, from the configuration if one exists. Throws ConfigurationError with every problem found. */
export async function loadEncryptionKeys(given?: string): Promise<KeyRing> {
  const isNamed = given !== undefined || Boolean(process.env['SFLINK_CONFIG'])
  if (!isNamed && !existsSync(DEFAULT_CONFIG_FILE)) return []
  return (await loadConfiguration(given, { credentials: 'optional' })).encryptionKeys
}

/** SFLINK_LOG. @default info. Throws EnvironmentError when it is not a valid level. */
export function logLevel(): LogLevel {
  const given = process.env['SFLINK_LOG']
  if (!given) return 'info'
  const level = LOG_LEVELS.find(known => known === given.toLowerCase())
  if (level === undefined) throw new EnvironmentError(`SFLINK_LOG is '${given}'; use one of ${LOG_LEVELS.join(', ')}`)
  return level
}

/** SFLINK_CODEC_TOKEN: the bearer token that the codec server requires. @default none */
export function codecToken(): string | undefined {
  return process.env['SFLINK_CODEC_TOKEN'] || undefined
}

/** All variables, for the programs that this process starts. */
export function wholeEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** Whether an error shows where it was thrown: with SFLINK_LOG debug or trace. */
export function stacksAreWanted(): boolean {
  return /^(debug|trace)$/i.test(process.env['SFLINK_LOG'] ?? '')
}

/**
 * Whether an OTEL_EXPORTER_OTLP endpoint is given and OTEL_SDK_DISABLED is not.
 * Throws EnvironmentError when the endpoint is not a valid URL.
 */
export function tracesAreWanted(): boolean {
  if (process.env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false
  const names = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const
  const name = names.find(each => process.env[each])
  if (name === undefined) return false
  // Not shown: it may hold credentials.
  const given = process.env[name] ?? ''
  if (/^https?:\/\/[^/]/i.test(given) && URL.canParse(given)) return true
  throw new EnvironmentError(
    `${name} is not a valid URL; give that of a collector for OTLP over HTTP, like http://127.0.0.1:4318`,
  )
}
