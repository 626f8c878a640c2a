import { loadClientConnectConfig } from '@temporalio/envconfig'
import { TemporalSettingsError } from './errors.ts'

export type TemporalSettings = {
  /** `host:port` */
  readonly address: string
  readonly namespace: string
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions']
}

const DEFAULT_ADDRESS = '127.0.0.1:7233'

/**
 * Temporal's address, namespace, TLS and API key, from TEMPORAL_* and the profile that the `temporal` command reads.
 * Throws TemporalSettingsError when they contradict each other or name a file that can't be read.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export function temporalSettings(): TemporalSettings {
  try {
    const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
    const address = connectionOptions.address ?? DEFAULT_ADDRESS
    return { address, namespace, connectionOptions: { ...connectionOptions, address } }
  } catch (error) {
    // envconfig accepts an empty file and fails on its missing profiles.
    if (error instanceof TypeError) throw new TemporalSettingsError(noProfileReason())
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new TemporalSettingsError(`${reason}. Check TEMPORAL_* and temporal.toml`)
  }
}

function noProfileReason(): string {
  const file =
    process.env['TEMPORAL_CONFIG_FILE'] || 'temporal.toml (TEMPORAL_CONFIG_FILE, else in ~/.config/temporalio)'
  return `${file} holds no profile. Give it a table [profile.default], or delete it`
}
