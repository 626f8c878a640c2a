import { loadClientConnectConfig } from '@temporalio/envconfig'
import { TemporalSettingsError } from './errors.ts'

export type TemporalSettings = {
  /** `host:port` */
  readonly address: string
  readonly namespace: string
  /** Whether TEMPORAL_ADDRESS or the profile names the address. */
  readonly isNamed: boolean
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions']
}

export const DEFAULT_ADDRESS = '127.0.0.1:7233'

/**
 * Temporal's address, namespace, TLS and API key, from TEMPORAL_* and the profile that the `temporal` command reads.
 * Throws TemporalSettingsError when they contradict each other or name a file that can't be read.
 * @param unnamed `host:port` where neither names an address
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export function temporalSettings(unnamed: string = DEFAULT_ADDRESS): TemporalSettings {
  try {
    const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
    const isNamed = connectionOptions.address !== undefined
    const address = connectionOptions.address ?? unnamed
    const problem = addressProblem(address)
    if (problem !== undefined) throw new TemporalSettingsError(`${problem}. Check TEMPORAL_ADDRESS and temporal.toml`)
    return { address, namespace, isNamed, connectionOptions: { ...connectionOptions, address } }
  } catch (error) {
    if (error instanceof TemporalSettingsError) throw error
    // envconfig accepts an empty file and fails on its missing profiles.
    if (error instanceof TypeError) throw new TemporalSettingsError(noProfileReason())
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new TemporalSettingsError(`${reason}. Check TEMPORAL_* and temporal.toml`)
  }
}

/** The address is never shown with a user and password. */
function addressProblem(address: string): string | undefined {
  if (/@/.test(address)) return `the address has an @; write it as host:port, such as ${DEFAULT_ADDRESS}`
  const shown = JSON.stringify(address)
  const [, host] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(address) ?? []
  if (host !== undefined) {
    return `the address ${shown} is a URL; write it as host:port, such as ${/:\d+$/.test(host) ? host : `${host}:7233`}`
  }
  const [, port] = /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(address) ?? []
  if (port !== undefined && Number(port) > 0 && Number(port) < 65_536) return undefined
  return `the address ${shown} is not host:port, such as ${DEFAULT_ADDRESS} or [::1]:7233`
}

function noProfileReason(): string {
  const file =
    process.env['TEMPORAL_CONFIG_FILE'] || 'temporal.toml (TEMPORAL_CONFIG_FILE, else in ~/.config/temporalio)'
  return `${file} holds no profile. Give it a table [profile.default], or delete it`
}
