// The commands' connection to Temporal.
import { type Client, isGrpcServiceError } from '@temporalio/client'
import { loadEncryptionKeys } from '../config/environment.ts'
import { upAddress } from '../config/upState.ts'
import { ask as askWorker, type Question } from '../packages/client/ask.ts'
import { connect } from '../packages/client/connect.ts'
import { TASK_QUEUE } from '../packages/client/contract/names.ts'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import { NoWorkerError } from '../packages/client/errors.ts'
import type { MissingWorkers } from '../packages/client/missingWorkers.ts'
import { missingLine } from '../packages/client/noWorker.ts'
import { type TemporalSettings, temporalSettings } from '../packages/client/settings.ts'
import { unreachableLine } from '../packages/client/unreachable.ts'
import { identityOf } from '../workers/identity.ts'
import { CommandError, EXIT } from './commandError.ts'
import type { SharedOptions } from './optionValues.ts'

export type TemporalAccess = {
  readonly client: Client
  readonly namespace: string
  /** `host:port`, for messages. */
  readonly address: string
}

/**
 * Connects, runs the work and closes the connection. Throws TemporalUnreachableError.
 * @param config path of the configuration, whose keys decrypt payloads. @default SFLINK_CONFIG, else sflink.yaml if it exists
 */
export async function withTemporal<T>(work: (temporal: TemporalAccess) => Promise<T>, config?: string): Promise<T> {
  return withKeys(await loadEncryptionKeys(config), work, config)
}

/** Like withTemporal, with the keys of a configuration that is read already, or that cannot be read. */
export async function withKeys<T>(
  keys: KeyRing,
  work: (temporal: TemporalAccess) => Promise<T>,
  config?: string,
): Promise<T> {
  const settings = temporalSettings(await upAddress(config))
  const { address, namespace } = settings
  const client = await connect({ keys, identity: identityOf('command'), unnamedAddress: address })
  try {
    return await work({ client, namespace, address })
  } catch (error) {
    throw await readableError(error, settings)
  } finally {
    await client.connection.close()
  }
}

async function readableError(error: unknown, settings: TemporalSettings): Promise<unknown> {
  const { address, namespace } = settings
  if (!(error instanceof Error)) return error
  if (error.name === 'NamespaceNotFoundError') return namespaceMissing({ address, namespace })
  if (error.name !== 'ServiceError') return error
  const answer = error.cause instanceof Error ? error.cause.message : error.message
  if (isAway(error)) {
    const line = `Temporal at ${address} does not answer: ${firstLine(answer)}. Runs are not affected: their workers continue when it is back. Then give this command again`
    return new CommandError(line, EXIT.noTemporal)
  }
  // A proxy answers in the place of Temporal.
  if (/HTTP status code/.test(answer)) {
    return new CommandError(await unreachableLine(settings, answer), EXIT.noTemporal)
  }
  return new CommandError(`Temporal at ${address} failed: ${firstLine(answer)}. Try again`, EXIT.runFailed)
}

/** gRPC's codes DEADLINE_EXCEEDED and UNAVAILABLE. */
const AWAY_CODES: readonly number[] = [4, 14]

/** Whether an error of Temporal's client means that the server does not answer. */
export function isAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return AWAY_CODES.includes(cause.code)
  }
  return false
}

export function namespaceMissing({ address, namespace }: Pick<TemporalAccess, 'address' | 'namespace'>): CommandError {
  return new CommandError(`Temporal at ${address} has no namespace ${namespace}. Create it, or set TEMPORAL_NAMESPACE`)
}

/** @param effect follows the fact. @default none */
export function missingWorkerLine(
  { address, namespace }: Pick<TemporalAccess, 'address' | 'namespace'>,
  missing: MissingWorkers,
  effect?: ', so the run waits',
): string {
  return missingLine(missing, `${TASK_QUEUE} (Temporal ${address}, namespace ${namespace})`, effect)
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/\.$/, '')

/** Asks a worker through a short workflow. Throws CommandError without a worker, and what `ask` of the client throws. */
export function ask<Answer>(question: Question, { config }: Pick<SharedOptions, 'config'> = {}): Promise<Answer> {
  return withTemporal(async temporal => {
    try {
      return await askWorker<Answer>(temporal.client, question)
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error
      throw new CommandError(missingWorkerLine(temporal, error.missing), EXIT.runFailed)
    }
  }, config)
}
