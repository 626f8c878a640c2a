import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { dataConverterFor } from './encryption/dataConverter.ts'
import type { KeyRing } from './encryption/keyRing.ts'
import { TemporalUnreachableError } from './errors.ts'

const DEFAULT_ADDRESS = '127.0.0.1:7233'
const CONNECT_TIMEOUT = '5 seconds'

export type ConnectOptions = {
  /** `encryption.keys` of the workers, each made by `encryptionKey`; the first one encrypts. @default none */
  readonly keys?: KeyRing
}

/**
 * A client by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, … or the profile of the `temporal` command. Close it by
 * `client.connection.close()`. Throws TemporalUnreachableError.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export async function connect({ keys = [] }: ConnectOptions = {}): Promise<Client> {
  const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
  const address = connectionOptions.address ?? DEFAULT_ADDRESS
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: CONNECT_TIMEOUT })
    return new Client({ connection, namespace, dataConverter: dataConverterFor(keys) })
  } catch (error) {
    throw new TemporalUnreachableError(address, error)
  }
}
