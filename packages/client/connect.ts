import { Client, Connection } from '@temporalio/client'
import { dataConverterFor } from './encryption/encryptionCodec.ts'
import type { KeyRing } from './encryption/keyRing.ts'
import { TemporalUnreachableError } from './errors.ts'
import { type TemporalSettings, temporalSettings } from './settings.ts'
import { unreachableLine } from './unreachable.ts'

const CONNECT_TIMEOUT = '5 seconds'
/** Milliseconds. */
const ANSWER_TIMEOUT = 1_000

export type ConnectOptions = {
  /** `encryption.keys` of the workers, each made by `encryptionKey`; the first one encrypts. @default none */
  readonly keys?: KeyRing
  /** Names this process in Temporal's UI. @default process id and host */
  readonly identity?: string
}

export type QueueOptions = {
  /** The task queue that the workers poll. @default `salesforce-link` */
  readonly taskQueue?: string
}

/**
 * A client by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, … or the profile of the `temporal` command. Close it with
 * `client.connection.close()`. Throws TemporalUnreachableError, and TemporalSettingsError when the settings are invalid.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export async function connect({ keys = [], identity }: ConnectOptions = {}): Promise<Client> {
  const settings = temporalSettings()
  const { address, namespace, connectionOptions } = settings
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT }).catch(
    async (error: Error) => {
      throw new TemporalUnreachableError(
        address,
        await unreachableLine(settings, await firstAnswer(settings, error)),
        error,
      )
    },
  )
  const dataConverter = dataConverterFor(keys)
  return new Client({ connection, namespace, dataConverter, ...(identity === undefined ? {} : { identity }) })
}

/** The client retries until its timeout, and then does not report what the server answered. */
async function firstAnswer({ connectionOptions }: TemporalSettings, error: Error): Promise<string> {
  let connection: Connection | undefined
  try {
    const opened = Connection.lazy(connectionOptions)
    connection = opened
    await opened.withDeadline(Date.now() + ANSWER_TIMEOUT, () => opened.workflowService.getSystemInfo({}))
    return error.message
  } catch (answer) {
    return answer instanceof Error ? answer.message : error.message
  } finally {
    await connection?.close()
  }
}
