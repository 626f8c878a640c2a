// The way to Temporal, and words for when there is none.
import { Client, Connection } from '@temporalio/client'
import { temporalSettings } from '../workers/config.ts'
import { CommandError } from './commandError.ts'
import { EXIT } from './exitCodes.ts'

export type TemporalAccess = {
  readonly client: Client
  readonly namespace: string
  /** `host:port`, for messages. */
  readonly address: string
}

const CONNECT_TIMEOUT = '5 seconds'

/** Connects, works and closes. Throws CommandError when Temporal can't be reached. */
export async function withTemporal<T>(work: (temporal: TemporalAccess) => Promise<T>): Promise<T> {
  const { address, namespace, connectionOptions } = temporalSettings()
  const temporalConnection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT }).catch(
    (error: Error) => {
      throw new CommandError(
        `Temporal cannot be reached at ${address}: ${firstLine(error.message)}. Start it (for development: temporal server start-dev), or set TEMPORAL_ADDRESS`,
        EXIT.runFailed,
      )
    },
  )
  try {
    return await work({ client: new Client({ connection: temporalConnection, namespace }), namespace, address })
  } catch (error) {
    throw readableError(error, address, namespace)
  } finally {
    await temporalConnection.close()
  }
}

function readableError(error: unknown, address: string, namespace: string): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'NamespaceNotFoundError') {
    return new CommandError(
      `Temporal at ${address} has no namespace ${namespace}. Create it, or set TEMPORAL_NAMESPACE`,
    )
  }
  if (error.name !== 'ServiceError') return error
  const said = error.cause instanceof Error ? error.cause.message : error.message
  return new CommandError(`Temporal at ${address} failed: ${firstLine(said)}. Try again`, EXIT.runFailed)
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\.$/, '')
}
