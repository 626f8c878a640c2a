// The way to Temporal, and words for when there is none.
import { Client, Connection } from '@temporalio/client'
import { loadEncryptionKeys, type TemporalSettings, temporalSettings } from '../config/environment.ts'
import { dataConverterFor } from '../packages/client/encryption/dataConverter.ts'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import { unreachableLine } from '../packages/client/temporalFault.ts'
import { identityOf } from '../workers/identity.ts'
import { CommandError } from './commandError.ts'
import { EXIT } from './exitCodes.ts'

export type TemporalAccess = {
  readonly client: Client
  readonly namespace: string
  /** `host:port`, for messages. */
  readonly address: string
}

const CONNECT_TIMEOUT = '5 seconds'
/** Milliseconds. */
const ANSWER_TIMEOUT = 1_000

/**
 * Connects, works and closes. Throws CommandError when Temporal can't be reached.
 * @param config the configuration's path, whose keys decrypt what Temporal keeps. @default SFLINK_CONFIG, else sflink.yaml if there
 */
export async function withTemporal<T>(work: (temporal: TemporalAccess) => Promise<T>, config?: string): Promise<T> {
  return withKeys(await loadEncryptionKeys(config), work)
}

/** As withTemporal, also where there is no configuration that could be read. */
export async function withKeys<T>(keys: KeyRing, work: (temporal: TemporalAccess) => Promise<T>): Promise<T> {
  const settings = temporalSettings()
  const { address, namespace, connectionOptions } = settings
  const temporalConnection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT }).catch(
    async (error: Error) => {
      throw new CommandError(await unreachableLine(settings, await firstAnswer(settings, error)), EXIT.runFailed)
    },
  )
  try {
    const client = new Client({
      connection: temporalConnection,
      namespace,
      identity: identityOf('command'),
      dataConverter: dataConverterFor(keys),
    })
    return await work({ client, namespace, address })
  } catch (error) {
    throw readableError(error, address, namespace)
  } finally {
    await temporalConnection.close()
  }
}

/** The client tries until its time is up, and then says nothing of what it was told. */
async function firstAnswer({ connectionOptions }: TemporalSettings, error: Error): Promise<string> {
  let temporalConnection: Connection | undefined
  try {
    const opened = Connection.lazy(connectionOptions)
    temporalConnection = opened
    await opened.withDeadline(Date.now() + ANSWER_TIMEOUT, () => opened.workflowService.getSystemInfo({}))
    return error.message
  } catch (told) {
    return told instanceof Error ? told.message : error.message
  } finally {
    await temporalConnection?.close()
  }
}

function readableError(error: unknown, address: string, namespace: string): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'NamespaceNotFoundError') {
    return namespaceMissing({ address, namespace })
  }
  if (error.name !== 'ServiceError') return error
  const said = error.cause instanceof Error ? error.cause.message : error.message
  return new CommandError(`Temporal at ${address} failed: ${firstLine(said)}. Try again`, EXIT.runFailed)
}

export function namespaceMissing({ address, namespace }: Pick<TemporalAccess, 'address' | 'namespace'>): CommandError {
  return new CommandError(`Temporal at ${address} has no namespace ${namespace}. Create it, or set TEMPORAL_NAMESPACE`)
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '')
}
